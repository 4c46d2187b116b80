\set trace random(1, 40)
\set user random(1, 4)
SELECT feedback.withdraw_feedback('tr-' || :trace, 'up', 'user ' || :user);

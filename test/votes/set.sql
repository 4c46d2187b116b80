\set trace random(1, 40)
\set user random(1, 4)
\set value random(0, 1)
SELECT feedback.set_feedback('tr-' || :trace, 'up', :value = 1, source_id => 'user ' || :user);

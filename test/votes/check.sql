-- Each user's last vote on each trace, and what there is then
SELECT count(feedback.set_feedback('tr-' || t, 'up', u % 2 = 0, source_id => 'user ' || u))
FROM generate_series(1, 40) AS t, generate_series(1, 4) AS u \g /dev/null
SELECT format('%s rows of %s users on %s traces, all valid and of the last vote', count(*), count(DISTINCT source_id), count(DISTINCT trace_id))
FROM feedback.assessments WHERE valid AND boolean_value = (right(source_id, 1)::integer % 2 = 0)
\gset
DO $$
BEGIN
    ASSERT (SELECT count(*) FROM feedback.assessments) = 160, 'there are ' || (SELECT count(*) FROM feedback.assessments) || ' rows, not 160';
    ASSERT (SELECT bool_and(n = 1) FROM (SELECT count(*) AS n FROM feedback.assessments WHERE valid
                                         GROUP BY trace_id, source_id) AS of_source), 'a user has several votes on a trace';
    ASSERT (SELECT bool_and(valid AND boolean_value = (right(source_id, 1)::integer % 2 = 0)) FROM feedback.assessments), 'a vote is not the last';
    ASSERT NOT EXISTS (SELECT FROM feedback.check_summaries()), 'the summaries are not exact';
    PERFORM feedback.refresh_summaries();
    ASSERT NOT EXISTS (SELECT FROM feedback.check_summaries()), 'the summaries are not exact after a refresh';
END
$$;
SELECT :'format';

-- For bench/writes: 100,000 rows of log_feedback with texts of a length, with the index of long values and without.
CREATE TABLE bench.text_time (round int, length int, indexed boolean, cpu float8);
CREATE PROCEDURE bench.measure_text(round int, length int, indexed boolean) LANGUAGE plpgsql AS $$
DECLARE
    cpu float8;
BEGIN
    TRUNCATE feedback.assessments;
    CALL bench.complete();
    IF NOT indexed THEN
        DROP INDEX feedback.assessments_long_value_idx;
    END IF;
    COMMIT;
    cpu := bench.cpu();
    PERFORM count(feedback.log_feedback(trace_id, 'comment', left(md5(n::text) || md5(n::text || 'b') || md5(n::text || 'c'), length), 'HUMAN', 'u'))
    FROM bench.lines;
    INSERT INTO bench.text_time VALUES (round, length, indexed, (bench.cpu() - cpu) / 100000);
    COMMIT;
END $$;

-- What the pgTAP tests share.  Each makes it within its own transaction.

CREATE SCHEMA helper;

-- SQLSTATE and COLUMN of the error that a statement raises, or "accepted"
CREATE FUNCTION helper.refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
    concerned text;
BEGIN
    EXECUTE statement;
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, concerned = COLUMN_NAME;
    RETURN concat_ws(' ', state, nullif(concerned, ''));
END $$;

-- The refusal of a statement to a role
CREATE FUNCTION helper.refusal_to(role name, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    refusal text;
BEGIN
    EXECUTE format('SET SESSION AUTHORIZATION %I', role);
    refusal := helper.refusal(statement);
    RESET SESSION AUTHORIZATION;
    RETURN refusal;
END $$;

-- What a role gets from a statement: its first column, or the refusal
CREATE FUNCTION helper.result_for(role name, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format('SET SESSION AUTHORIZATION %I', role);
    EXECUTE format('SELECT string_agg(result::text, '', '') FROM (%s) AS r (result)', statement) INTO result;
    RESET SESSION AUTHORIZATION;
    RETURN result;
EXCEPTION WHEN OTHERS THEN
    RETURN helper.refusal_to(role, statement);
END $$;

-- Message, DETAIL and HINT, where they hold what matters
CREATE FUNCTION helper.complaint(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
    hint text;
BEGIN
    EXECUTE statement;
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' | ', SQLERRM, nullif(detail, ''), nullif(hint, ''));
END $$;

-- The document of a feedback with these members too
CREATE FUNCTION helper.feedback(members text) RETURNS text LANGUAGE sql AS
    $$ SELECT '{"assessment_name": "n", "feedback": {"value": 1}, ' || members || '}' $$;

-- The refusal of a document given as text
CREATE FUNCTION helper.text_refusal(document text) RETURNS text LANGUAGE sql AS $$
    SELECT helper.refusal(format('SELECT feedback.log_assessment(%L, %L)', 'tr', document))
$$;

-- The refusal of a document, bare and wrapped, as each type: these have to agree
CREATE FUNCTION helper.document_refusal(document text, types text[] DEFAULT '{text,json,jsonb}')
RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(DISTINCT helper.refusal(
               format('SELECT feedback.log_assessment(%L, %L::%s)', 'tr', form, type)), ', ')
    FROM unnest(ARRAY[document, format('{"assessment": %s}', document)]) AS form,
         unnest(types) AS type
$$;

-- The table without the column that cannot be written
DO $$
BEGIN
    EXECUTE (SELECT format('CREATE VIEW helper.written AS SELECT %s FROM feedback.assessments', string_agg(quote_ident(attname), ', ' ORDER BY attnum))
             FROM pg_attribute WHERE attrelid = 'feedback.assessments'::regclass AND attnum > 0 AND attgenerated = '');
END $$;

-- A row by its id
CREATE FUNCTION helper.assessment(id uuid) RETURNS helper.written LANGUAGE sql AS $$
    SELECT a FROM helper.written a WHERE a.assessment_id = id
$$;

-- The row that a document becomes
CREATE FUNCTION helper.logged(document text) RETURNS helper.written LANGUAGE plpgsql AS $$
DECLARE
    id uuid := feedback.log_assessment('tr', document);
BEGIN
    RETURN helper.assessment(id);
END $$;

-- Type and value of a row; more than one would show
CREATE FUNCTION helper.value_of(a helper.written) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' and ', 'boolean ' || a.boolean_value, 'numeric ' || a.numeric_value,
                     'text ' || a.text_value, 'json ' || a.json_value::text)
$$;

-- Type and value of a feedback's value, given as JSON in a document as text, json and jsonb
CREATE FUNCTION helper.document_value(value text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    document text := format('{"assessment_name": "n", "feedback": {"value": %s}}', value);
    ids uuid[] := ARRAY[feedback.log_assessment('tr', document),
                        feedback.log_assessment('tr', document::json),
                        feedback.log_assessment('tr', document::jsonb)];
BEGIN
    RETURN (SELECT string_agg(DISTINCT helper.value_of(helper.assessment(id)), ' or ')
            FROM unnest(ids) AS id);
END $$;

-- An id by its last digits
CREATE FUNCTION helper.id(digits text) RETURNS uuid LANGUAGE sql AS
    $$ SELECT ('00000000-0000-7000-8000-' || lpad(digits, 12, '0'))::uuid $$;

-- The assessments of a trace: the last digit of each, of what it overrides, and whether it is valid, as in "a ✗, b→a ✓"
CREATE FUNCTION helper.chain(trace text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(right(assessment_id::text, 1) || coalesce('→' || right(overrides::text, 1), '')
                      || CASE WHEN valid THEN ' ✓' ELSE ' ✗' END, ', ' ORDER BY assessment_id)
    FROM feedback.assessments WHERE trace_id = trace
$$;

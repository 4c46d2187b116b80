-- Numbers of documents: equal in value and with their digits, up to the magnitude of the largest double.
BEGIN;
SELECT plan(61);
\ir ../include/helpers.sql

-- As the value, in text, json and jsonb
SELECT is(helper.document_value(number), 'numeric ' || wanted, number)
FROM (VALUES
    ('0', '0'), ('-0', '0'), ('0.0', '0.0'), ('-0.0', '0.0'), ('1', '1'), ('-1', '-1'), ('1.0', '1.0'), ('1.50', '1.50'), ('0.1', '0.1'),
    ('1e2', '100'), ('1E+2', '100'), ('1.5e1', '15'), ('1e-2', '0.01'), ('12345e-3', '12.345'), ('0e5', '0'), ('0e400', '0'), ('1e007', '10000000'),
    ('0.30000000000000004', '0.30000000000000004'), ('0.1000000000000000055511151231257827', '0.1000000000000000055511151231257827'),
    ('9007199254740993', '9007199254740993'),
    ('999999999999999999', '999999999999999999'), ('-999999999999999999', '-999999999999999999'),
    ('1000000000000000000', '1000000000000000000'),
    ('9223372036854775807', '9223372036854775807'), ('-9223372036854775808', '-9223372036854775808'),
    ('9223372036854775808', '9223372036854775808'), ('-9223372036854775809', '-9223372036854775809'),
    ('18446744073709551615', '18446744073709551615'), ('18446744073709551616', '18446744073709551616'),
    ('12345678901234567890', '12345678901234567890'), ('-123456789012345678901234567890', '-123456789012345678901234567890'),
    ('12345678901234567890.5', '12345678901234567890.5'), ('12345678901234567890e1', '123456789012345678900')
) AS v (number, wanted);
SELECT is((helper.logged(format('{"assessment_name": "n", "feedback": {"value": %s}}', number))).numeric_value, number::numeric, left(number, 30))
FROM unnest(ARRAY['1e308', '-1e308', '1.7976931348623157e308', '-1.7976931348623157e308', '1.79769313486231569999e308', '17976931348623157e292',
                  '0.00017976931348623157e312', '1' || repeat('0', 308), '5e-324', '1e-16383', '0.' || repeat('0', 16382) || '1',
                  '1.' || repeat('1', 16383),
                  repeat('9', 308) || '.' || repeat('9', 16383)]) AS number;

-- Inside lists, objects and metadata
SELECT is(helper.document_value('[1.50, {"a": 12345678901234567890, "b": [-9223372036854775809, 1e2, 0.1]}]'),
    'json [1.50, {"a": 12345678901234567890, "b": [-9223372036854775809, 100, 0.1]}]', 'inside lists and objects');
SELECT is((helper.logged(helper.feedback('"metadata": {"judgeCost": 0.00120, "tokens": [18446744073709551616, -0]}'))).metadata::text,
    '{"tokens": [18446744073709551616, 0], "judgeCost": 0.00120}', 'inside metadata');
SELECT is((helper.logged(format('{"assessment_name": "n", "feedback": {"value": [%s]}}', numbers))).json_value, format('[%s]', numbers)::jsonb,
    'many wide integers at once')
FROM (SELECT string_agg((10::numeric ^ 19 + i)::text, ',') FROM generate_series(1, 10000) AS i) AS v (numbers);

-- Too large, or with too many digits
SELECT is(helper.text_refusal(format(document, number)), '22003 ' || concerned, format(document, left(number, 30)))
FROM unnest(ARRAY['1.7976931348623158e308', '1e309', '-1e400', '1e99999999999999999999', '1' || repeat('0', 309), '1e-16384', '0.' || repeat('0',
16383) || '1']) AS number,
     (VALUES ('{"assessment_name": "n", "feedback": {"value": %s}}', 'value')) AS v (document, concerned);
SELECT is(helper.text_refusal(format(document, '1e309')), '22003 ' || concerned, format(document, '1e309'))
FROM (VALUES
    ('{"assessment_name": "n", "feedback": {"value": [0, {"a": [%s]}]}}', 'value'),
    ('{"assessment_name": "n", "expectation": {"value": %s}}', 'value'),
    (helper.feedback('"metadata": {"a": %s}'), 'metadata')
) AS v (document, concerned);
SELECT is(helper.document_refusal('{"assessment_name": "n", "feedback": {"value": 1, "unknown": 1e309}, "unknown": [1e309]}'), 'accepted',
    'but a member that is ignored may hold any number');

-- Three values
SELECT results_eq(
    $$ SELECT helper.document_value(value) FROM unnest(ARRAY['true', '1', '"1"', '1.0', '"true"']) AS value $$,
    ARRAY['boolean true', 'numeric 1', 'text 1', 'numeric 1.0', 'text true'],
    'true, 1 and "1" are three values');

SELECT * FROM finish();
ROLLBACK;

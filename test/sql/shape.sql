-- What there is: the table, types, functions, views and settings, and who may use them.
\pset null '-'

\d feedback.assessments
\d feedback.feedback
\d feedback.expectations
\d feedback.trace_summary
\d feedback.trace_feedback
\d feedback.source_summary
\d feedback.value_distribution

-- Views show a reader what the reader may see
SELECT oid::regclass AS view, reloptions FROM pg_class
WHERE relnamespace IN ('feedback'::regnamespace, 'feedback_internal'::regnamespace) AND relkind = 'v'
ORDER BY relnamespace::regnamespace::text, relname;

-- Types and their values, in order
SELECT t.typname AS type, string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder) AS "values"
FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid
WHERE t.typnamespace = 'feedback'::regnamespace
GROUP BY t.typname ORDER BY 1;

-- Functions, with an argument on each line
\pset format unaligned
\pset tuples_only on
SELECT concat_ws(E'\n    ',
    concat(CASE p.pronamespace WHEN 'feedback_internal'::regnamespace THEN 'feedback_internal.' END,
           p.proname, ' returns ', CASE WHEN p.proretset THEN 'setof ' END, p.prorettype::regtype),
    concat_ws(', ',
        CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
        CASE WHEN p.proisstrict THEN 'strict' END,
        CASE p.proparallel WHEN 's' THEN 'parallel safe' WHEN 'r' THEN 'parallel restricted' ELSE 'parallel unsafe' END,
        CASE WHEN p.prosecdef THEN 'security definer' END),
    nullif(replace(pg_get_function_arguments(p.oid), ', ', E'\n    '), ''))
FROM pg_proc p
WHERE p.pronamespace IN ('feedback'::regnamespace, 'feedback_internal'::regnamespace)
ORDER BY p.pronamespace::regnamespace::text, p.proname, pg_get_function_arguments(p.oid) COLLATE "C";
\pset format aligned
\pset tuples_only off

-- Settings
SELECT feedback.bar(0); -- loads the library
\x on
SELECT name, vartype, enumvals, setting, boot_val, context, category, short_desc, extra_desc
FROM pg_settings WHERE name LIKE 'feedback.%' ORDER BY name;
\x off

-- The extension, and what belongs to it
SELECT e.extname, e.extnamespace::regnamespace AS schema, e.extrelocatable, e.extconfig::regclass[], e.extcondition,
       obj_description(e.oid, 'pg_extension') AS comment
FROM pg_extension e
WHERE e.extname = 'feedback';
SELECT o.type, replace(o.identity, 'pg_catalog.', '') AS identity
FROM pg_depend d, pg_identify_object(d.classid, d.objid, d.objsubid) o
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
  AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'feedback')
  -- from 17 on, the types of rows and arrays are members too
  AND NOT EXISTS (SELECT FROM pg_type t WHERE d.classid = 'pg_type'::regclass AND t.oid = d.objid AND t.typtype <> 'e')
ORDER BY o.type, replace(o.identity, 'pg_catalog.', '') COLLATE "C";

-- Everything says what it is
SELECT o.type, o.identity
FROM pg_depend d, pg_identify_object(d.classid, d.objid, d.objsubid) o
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
  AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'feedback')
  AND NOT EXISTS (SELECT FROM pg_type t WHERE d.classid = 'pg_type'::regclass AND t.oid = d.objid AND t.typtype <> 'e')
  AND obj_description(d.objid, d.classid::regclass::name) IS NULL;
SELECT a.attrelid::regclass AS relation, a.attname AS column
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace IN ('feedback'::regnamespace, 'feedback_internal'::regnamespace) AND c.relkind IN ('r', 'v') AND a.attnum > 0
  AND col_description(a.attrelid, a.attnum) IS NULL;

-- Nothing is for PUBLIC; what there is belongs to whoever installed it
SELECT kind, CASE role WHEN 0 THEN 'PUBLIC' WHEN current_user::regrole THEN 'installer' ELSE 'other' END AS grantee,
       count(DISTINCT oid) AS objects
FROM (
    SELECT 'relation', c.oid, a.grantee
    FROM pg_class c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
    WHERE c.relnamespace IN ('feedback'::regnamespace, 'feedback_internal'::regnamespace) AND c.relkind IN ('r', 'v')
    UNION ALL
    SELECT 'function', p.oid, a.grantee
    FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    WHERE p.pronamespace IN ('feedback'::regnamespace, 'feedback_internal'::regnamespace)
    UNION ALL
    SELECT 'type', t.oid, a.grantee
    FROM pg_type t, aclexplode(coalesce(t.typacl, acldefault('T', t.typowner))) a
    WHERE t.typnamespace IN ('feedback'::regnamespace, 'feedback_internal'::regnamespace) AND t.typtype = 'e'
    UNION ALL
    SELECT 'schema', n.oid, a.grantee
    FROM pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
    WHERE n.nspname IN ('feedback', 'feedback_internal')
) AS object (kind, oid, role)
GROUP BY 1, 2 ORDER BY 1, 2;

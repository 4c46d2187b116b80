"""Random statements: calls of functions and aggregates, triggers, and rows written directly."""

from values import DOCUMENTS, FILTERS, WORDS, Values, quote

# What makes a call with an argument of that name reach what lies behind its checks
LIKELY = {
    'trace_id': ['tr-1', 'tr-2', 'tr-3'], 'name': ['thumb', 'score', 'comment'], 'project': ['default'],
    'source_type': ['HUMAN', 'CODE', 'LLM_JUDGE'], 'source_id': ['user_1', 'user_2'], 'assessment': DOCUMENTS,
    'assessments': DOCUMENTS, 'json_schema': DOCUMENTS, 'documents': DOCUMENTS, 'filter': FILTERS, 'metadata': ['{"k": "v"}', '{}'],
    'value_type': ['boolean', 'numeric', 'text', 'json'], 'kind': ['feedback', 'expectation'], 'time_zone': ['UTC', 'Asia/Kathmandu'],
}

FUNCTIONS = """
SELECT n.nspname || '.' || p.proname, p.prokind, p.proretset, p.prorettype::regtype::text, p.proargnames[1:p.pronargs],
       ARRAY(SELECT t::regtype::text FROM unnest(p.proargtypes) WITH ORDINALITY a(t, i) ORDER BY i), p.pronargdefaults,
       p.oid::regprocedure::text
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'feedback'
ORDER BY p.oid::regprocedure::text
"""

RELATIONS = """
SELECT c.oid::regclass::text, c.relkind, array_agg(a.attname::text ORDER BY attnum),
       array_agg(format_type(a.atttypid, NULL) ORDER BY attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
WHERE c.relkind IN ('r', 'v') GROUP BY 1, 2 ORDER BY 1
"""


class Function:
    def __init__(self, row):
        self.name, self.kind, self.is_set, self.result, self.names, self.types, self.defaults, self.signature = row


class Statements:
    def __init__(self, chance, cursor):
        self.chance = chance
        self.values = Values(chance)
        cursor.execute(FUNCTIONS)
        # SQL has no values of type internal; those functions run within their aggregates.
        self.functions = [function for function in map(Function, cursor.fetchall()) if 'internal' not in function.types]
        self.triggers = [function for function in self.functions if function.result == 'trigger']
        cursor.execute(RELATIONS)
        self.relations = cursor.fetchall()
        self.called = set()

    def names(self):
        return {function.signature for function in self.functions}

    def one(self):
        kind = self.chance.randrange(20)
        if kind == 0:
            return self.trigger()
        if kind == 1:
            return self.write()
        if kind == 2:
            return self.read()
        function = self.chance.choice(self.functions)
        self.called.add(function.signature)
        return self.aggregate(function) if function.kind == 'a' else self.call(function)

    def arguments(self, function, depth=0):
        """Positional or named, those with defaults often left out."""
        count = len(function.types)
        given = list(range(count))
        common = self.values.scalar().replace('[]', '')
        if function.defaults:
            needed = count - function.defaults
            given = [i for i in given if i < needed or self.values.one_in(3)]
        expressions = [self.argument(function.types[i], common, depth, function.names[i] if function.names else None)
                       for i in given]
        if given == list(range(len(given))) or not function.names:
            return expressions
        return ['"%s" => %s' % (function.names[i], expression) for i, expression in zip(given, expressions)]

    def argument(self, kind, common, depth=0, name=None):
        """Sometimes what another function gives: states of one aggregate for another's, say."""
        if self.values.one_in(3) and name in LIKELY and kind in ('text', 'json', 'jsonb'):
            return '%s::%s' % (quote(self.chance.choice(LIKELY[name])), kind)
        if kind.startswith('anycompatible'):
            kind = (self.values.scalar() if self.values.one_in(12) else common) + ('[]' if kind.endswith('array') else '')
        makers = [function for function in self.functions
                  if function.result == kind and function.kind == 'f' and not function.is_set]
        if makers and depth < 3 and self.values.one_in(8):
            maker = self.chance.choice(makers)
            return '%s(%s)' % (maker.name, ', '.join(self.arguments(maker, depth + 1)))
        return self.values.value(kind)

    def call(self, function):
        call = '%s(%s)' % (function.name, ', '.join(self.arguments(function)))
        if function.is_set or self.values.one_in(4):
            return 'SELECT * FROM %s AS f%s' % (call, self.chance.choice(['', '', ' LIMIT 2']))
        return 'SELECT ' + call

    def aggregate(self, function):
        common = self.values.scalar().replace('[]', '')
        columns = ['c%d' % i for i in range(len(function.types))]
        same = [self.values.one_in(3) and i > 0 for i in range(len(columns))]
        fixed = [self.argument(kind, common, 3) for kind in function.types]
        rows = ['(%s)' % ', '.join(fixed[i] if same[i] else self.argument(kind, common, 3)
                                  for i, kind in enumerate(function.types))
                for _ in range(self.chance.choice([1, 2, 3, 5, 12]))]
        call = '%s(%s)' % (function.name, ', '.join(columns))
        call += self.chance.choice(['', '', '', ' OVER ()', ' OVER (ROWS 2 PRECEDING)', ' FILTER (WHERE c0 IS NOT NULL)'])
        times = self.chance.choice([' CROSS JOIN generate_series(1, 50)', '', ''])
        if any('repeat(' in row for row in rows):
            times = ''  # PostgreSQL may make the long text anew for each row
        return 'SELECT %s FROM (VALUES %s) v(%s)%s%s' % (
            call, ', '.join(rows), ', '.join(columns), times, self.chance.choice([' WHERE false', '', '', '']))

    def trigger(self):
        """A table of columns of any types, and a trigger on it; gone at the end."""
        function = self.chance.choice(self.triggers)
        names = ['trace_id', 'assessment', 'name', 'value', 'document', 'project']
        kinds = [self.values.scalar() for _ in names]
        words = ', '.join(quote(self.chance.choice(WORDS + names)) for _ in range(self.chance.randrange(5)))
        when, event = self.chance.choice(['BEFORE', 'AFTER']), self.chance.choice(['INSERT', 'UPDATE', 'INSERT OR DELETE'])
        each = self.chance.choice(['ROW', 'STATEMENT'])
        if when == 'AFTER' and event != 'INSERT OR DELETE' and self.values.one_in(2):
            each = 'REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT'
        else:
            each = 'FOR EACH ' + each
        return ('BEGIN; CREATE TEMP TABLE fuzz_staging (%s); CREATE TRIGGER t %s %s ON fuzz_staging %s EXECUTE FUNCTION %s(%s); '
                'INSERT INTO fuzz_staging VALUES (%s); UPDATE fuzz_staging SET trace_id = trace_id; DELETE FROM fuzz_staging; '
                'ROLLBACK' % (', '.join('%s %s' % pair for pair in zip(names, kinds)), when, event, each, function.name, words,
                              ', '.join(self.values.value(kind) for kind in kinds)))

    def write(self):
        # Whoever writes the extension's own tables may make any sum of them, and wait for it
        name, _, columns, kinds = self.chance.choice([row for row in self.relations
                                                      if row[1] == 'r' and not row[0].startswith('feedback_internal.')])
        chosen = [i for i in range(len(columns)) if self.values.one_in(2)] or [0]
        values = [self.argument(kinds[i], 'text', name=columns[i]) for i in chosen]
        if self.values.one_in(2):
            pairs = ', '.join('%s = %s' % (columns[i], value) for i, value in zip(chosen, values))
            return 'UPDATE %s SET %s WHERE (ctid::text::point)[1]::integer %% 10 = 1' % (name, pairs)
        return 'INSERT INTO %s (%s) VALUES (%s)' % (name, ', '.join(columns[i] for i in chosen), ', '.join(values))

    def read(self):
        name, _, columns, kinds = self.chance.choice(self.relations)
        at = self.chance.randrange(len(columns))
        return 'SELECT * FROM %s WHERE %s::text >= %s OR %s IS NULL ORDER BY %d LIMIT 100' % (
            name, columns[at], self.values.text(), self.chance.choice(columns), 1)

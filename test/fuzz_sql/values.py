"""Random SQL expressions of a given type: likely ones, and hostile ones."""

WORDS = [
    '', ' ', 'tr-1', 'tr-2', 'tr-3', 'thumb', 'score', 'comment', 'labels', 'default', 'other', 'user_1', 'user_2',
    'HUMAN', 'LLM_JUDGE', 'CODE', 'SOURCE_TYPE_UNSPECIFIED', 'human', 'feedback', 'expectation', 'boolean', 'numeric',
    'text', 'json', 'set', 'log', 'error', 'reject', 'skip', 'raise', 'nominal', 'ordinal', 'interval', 'ratio',
    'linear', 'quadratic', 'UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'Mars/Base', '+25:00', 'today', 'last week',
    '2026-01-01', '2026-01-01T00:00:00Z', 'infinity', '-infinity', 'NaN', '1e400', '-0', '0.1', '1', 'true', 'false',
    'null', 'pass_fail', 'categorical', 'thumbs', '1 day', '-1 month', 'id', 'value', 'list', 'object',
    '0196f2a4-0000-7000-8000-000000000001', 'a-0196f2a4000070008000000000000001', 'a-xyz', 'ü', '\u0301', '\U0001f600',
    '\u202e', '\x01', '\x7f', '\\', "'", '"', '\\u0000', '\\ud800', '%s%n', '$1', '{}', '[]', '{"a":1}',
]

TOKENS = WORDS + [
    '{', '}', '[', ']', ',', ':', '(', ')', '"', '=', '!=', '>=', '<', 'AND', 'OR', 'NOT', 'IN', 'LIKE', 'ILIKE', 'IS',
    'NULL', 'ORDER BY', 'feedback.thumb', 'feedback.`a b`', 'expectation.score', 'trace.timestamp_ms', 'status',
    'tag.x', 'metadata.`k`', '"trace_id":', '"assessments":', '"info":', '"assessment_name":', '"feedback":',
    '"expectation":', '"value":', '"source":', '"source_type":', '"metadata":', '"rationale":', '"error":',
    '"resourceSpans":', '"resourceLogs":', '"scopeSpans":', '"scopeLogs":', '"spans":', '"logRecords":', '"events":',
    '"attributes":', '"key":', '"stringValue":', '"doubleValue":', '"gen_ai.evaluation.name"',
    '"gen_ai.evaluation.score.value"', '"eventName":', '"gen_ai.evaluation.result"', '"type":', '"enum":', '"items":',
    '"anyOf":', '"maxLength":', '"minimum":', '"maximum":', '"string"', '"integer"', '"array"', '"number"', '1.5', '-1',
    '9223372036854775808', '0.30000000000000004', '\n', '\t', '--', '/*',
]

NUMBERS = ['0', '1', '-1', '2', '3', '5', '0.5', '1.5', '0.95', '1e-320', '1e308', '-1e308', '100', '1000', '2147483647',
           '-2147483648', '9223372036854775807', '-9223372036854775808']

DOCUMENTS = [
    '{"assessment_name":"thumb","feedback":{"value":true},"source":{"source_type":"HUMAN","source_id":"user_1"}}',
    '{"trace_id":"tr-1","assessment_name":"score","feedback":{"value":0.25},"rationale":"why","metadata":{"k":"v"}}',
    '{"assessment_name":"labels","expectation":{"value":["a","b"]},"create_time":"2026-01-01T00:00:00.5Z"}',
    '{"assessment_name":"score","feedback":{"error":{"error_code":"E","error_message":"m","stack_trace":"s"}}}',
    '{"info":{"trace_id":"tr-2","assessments":[{"assessment_name":"n","feedback":{"value":1}}]}}',
    '[{"trace_id":"tr-1","assessment_name":"n","feedback":{"value":1}},{"assessment_name":2}]',
    '{"feedback":{"value":2},"rationale":null}', '{"metadata":{"k":null}}',
    '{"type":"string","maxLength":5}', '{"type":"integer","minimum":1,"maximum":5}', '{"enum":["a","b",null]}',
    '{"type":"array","items":{"enum":["a","b"]},"uniqueItems":true}', '{"anyOf":[{"type":"number"},{"type":"null"}]}',
    '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"eventName":"gen_ai.evaluation.result","traceId":'
    '"0123456789abcdef0123456789abcdef","attributes":[{"key":"gen_ai.evaluation.name","value":{"stringValue":"n"}},'
    '{"key":"gen_ai.evaluation.score.value","value":{"doubleValue":0.5}}]}]}]}]}',
]

FILTERS = ["feedback.thumb = true", "feedback.score > 0.5 AND expectation.labels IS NOT NULL",
           "feedback.comment ILIKE '%a%'", "feedback.thumb IN (true, false)", "trace_id = 'tr-1'", "name = 'score'"]

SCALARS = ['text', 'boolean', 'integer', 'bigint', 'smallint', 'real', 'double precision', 'numeric', 'jsonb', 'json',
           'uuid', 'timestamp with time zone', 'date', 'interval', 'bytea', 'money', 'inet', 'feedback.source_type',
           'fuzz_number', 'fuzz_texts', 'fuzz_pair', 'fuzz_mood', 'oid', 'name', '"char"', 'bit varying', 'point',
           'tstzrange', 'xid8', 'character(3)', 'feedback.estimate']


def quote(string):
    if '\\' in string or any(ord(letter) < 32 for letter in string):
        return "E'" + string.replace('\\', '\\\\').replace("'", "''") + "'"
    return "'" + string.replace("'", "''") + "'"


class Values:
    """Expressions from one stream of chance."""

    def __init__(self, chance):
        self.chance = chance

    def one_in(self, number):
        return self.chance.randrange(number) == 0

    def spoiled(self, string):
        """A few letters gone, doubled or changed."""
        for _ in range(self.chance.randrange(4)):
            at = self.chance.randrange(len(string) + 1)
            string = string[:at] + self.chance.choice(['', self.chance.choice(TOKENS)]) + string[at + self.chance.randrange(3):]
        return string

    def string(self):
        kind = self.chance.randrange(10)
        if kind < 5:
            return self.chance.choice(WORDS)
        if kind < 7:
            return self.spoiled(self.chance.choice(DOCUMENTS))
        if kind < 8:
            return self.spoiled(self.chance.choice(FILTERS))
        return self.chance.choice(['', ' ']).join(self.chance.choice(TOKENS) for _ in range(self.chance.randrange(1, 12)))

    def text(self):
        if self.one_in(25):
            return 'repeat(%s, %d)' % (quote(self.chance.choice(TOKENS)), self.chance.choice([10, 251, 1000, 30000, 200000]))
        return quote(self.string())

    def number(self, lowest, highest):
        number = int(float(self.chance.choice(NUMBERS))) if self.one_in(2) else self.chance.randrange(-3, 12)
        return str(min(max(number, lowest), highest))

    def floating(self):
        if self.one_in(6):
            return quote(self.chance.choice(['NaN', 'Infinity', '-Infinity', '-0']))
        return quote(self.chance.choice(NUMBERS)) if self.one_in(2) else repr(round(self.chance.random() * 4 - 1, 2))

    def decimal(self):
        if self.one_in(12):
            return self.chance.choice(["1e131071", "1e-16383", "123 / 1000.0", "repeat('9', 5000)", "'NaN'"])
        return self.floating()

    def document(self):
        kind = self.chance.randrange(5)
        if kind == 0:
            return "to_jsonb(%s::text)" % self.text()
        if kind == 1:
            return "to_jsonb(%s::numeric)" % quote(self.chance.choice(NUMBERS))
        if kind == 2:
            return quote(self.chance.choice(['true', 'null', '[]', '{}', '[1, "a", [null]]', '1e1000', '"x"', '{"a":{"b":[1]}}']))
        return quote(self.chance.choice(DOCUMENTS))

    def identifier(self):
        if self.one_in(2):
            return "(SELECT assessment_id FROM fuzz_ids ORDER BY trace_id LIMIT 1 OFFSET %d)" % self.chance.randrange(8)
        return quote('%08x-%04x-7000-8000-%012x' % tuple(self.chance.randrange(top) for top in (2 ** 32, 2 ** 16, 9)))

    def time(self):
        return self.chance.choice(["'infinity'", "'-infinity'", "now()", "'2026-01-01'", "'4714-11-24 00:00:00+00 BC'",
                                   "'294276-12-31 23:59:59.999999+00'", "'epoch'", "'2026-03-29 01:59:59.9999995+01'"])

    def raw(self, kind):
        """An expression that a cast makes one of that type."""
        if kind in ('text', 'cstring', 'unknown'):
            return self.text()
        if kind == 'boolean':
            return self.chance.choice(['true', 'false'])
        if kind in ('integer', 'bigint', 'smallint'):
            bits = {'integer': 31, 'bigint': 63, 'smallint': 15}[kind]
            return self.number(-2 ** bits, 2 ** bits - 1)
        if kind == 'double precision':
            return self.floating()
        if kind == 'real':
            return quote(self.chance.choice(['0.1', 'NaN', 'Infinity', '-0', '1e38', '1e-45', '3']))
        if kind in ('numeric', 'fuzz_number'):
            return self.decimal()
        if kind in ('jsonb', 'json'):
            return '(%s)::text' % self.document()
        if kind == 'uuid':
            return self.identifier()
        if kind in ('timestamp with time zone', 'date'):
            return self.time()
        if kind == 'bytea':
            return "decode('%s', 'hex')" % ''.join('%02x' % self.chance.choice([0, 1, 2, 127, 255, self.chance.randrange(256)])
                                                 for _ in range(self.chance.choice([0, 1, 4, 8, 24, 40, 64, 100])))
        fixed = {'feedback.source_type': "'HUMAN'", 'feedback.value_type': "'json'", 'feedback.assessment_kind': "'feedback'",
                 'fuzz_texts': "ARRAY['a', NULL, 'b']", 'fuzz_pair': "'(1,NaN)'", 'fuzz_mood': "'glad'", 'interval': "'1 day'",
                 'money': "'1.5'", 'inet': "'10.0.0.1'", 'oid': '2200', 'name': "'n'", '"char"': "'c'", 'bit varying': "'101'",
                 'point': "'(1,2)'", 'tstzrange': "'[2026-01-01,)'", 'xid8': "'3'", 'character(3)': "'a'", 'void': "''",
                 'feedback.estimate': "'(1,0.5,0.1,0.9)'"}
        return fixed.get(kind, 'NULL')

    def array(self, kind):
        count = self.chance.choice([0, 1, 2, 3, 4, 5, 8, 40])
        shape = self.chance.randrange(12)
        members = ', '.join(self.value(kind) for _ in range(count))
        if shape == 0:
            return 'ARRAY[[%s, %s], [%s, %s]]::%s[]' % (*(self.value(kind) for _ in range(4)), kind)
        if shape == 1:
            return 'array_fill(%s, ARRAY[%d], ARRAY[%d])' % (self.value(kind), self.chance.randrange(1, 20), self.chance.randrange(-3, 3))
        if shape == 2 and kind == 'double precision':
            return "(SELECT array_agg((i %% %d)::float8) FROM generate_series(1, %d) i)" % (
                self.chance.randrange(1, 9), self.chance.choice([3, 4, 5, 6, 7, 8, 9, 12, 1000]))
        return 'ARRAY[%s]::%s[]' % (members, kind)

    def value(self, kind):
        """An expression of that type, sometimes NULL."""
        if kind == '"any"' or kind == 'any':
            kind = self.scalar()
        if self.one_in(9):
            return 'NULL::%s' % kind
        if kind.endswith('[]'):
            return self.array(kind[:-2])
        return '(%s)::%s' % (self.raw(kind), kind)

    def scalar(self):
        kind = self.chance.choice(SCALARS)
        return kind + '[]' if self.one_in(6) else kind

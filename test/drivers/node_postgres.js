// What node-postgres makes of values, calls, errors and warnings.
// Outcomes are written as in harness.py.
'use strict'

const { Client } = require('pg')
const { check, done, pick } = require('./harness.js')

const Tone = Object.freeze({ KIND: 'kind' })

const VALUES = [
	["true", '$3', 'text "true" + WARNING'],
	["true", '$3::boolean', 'boolean true'],
	["true", '$3::jsonb', 'boolean true'],
	["1", '$3', 'text "1" + WARNING'],
	["1", '$3::numeric', 'numeric 1'],
	["0.1", '$3', 'text "0.1" + WARNING'],
	["0.1", '$3::numeric', 'numeric 0.1'],
	["0.1", '$3::jsonb', 'numeric 0.1'],
	["10n ** 30n", '$3', 'text "1000000000000000000000000000000" + WARNING'],
	["10n ** 30n", '$3::numeric', 'numeric 1000000000000000000000000000000'],
	["JSON.stringify(10n ** 30n)", '$3::jsonb', 'TypeError'],
	["NaN", '$3', 'text "NaN"'],
	["NaN", '$3::numeric', 'error 22003 value'],
	["JSON.stringify(NaN)", '$3::jsonb', 'json null'],
	["'good'", '$3', 'text "good"'],
	["''", '$3', 'text ""'],
	["'5'", '$3', 'text "5" + WARNING'],
	["'5'", '$3::jsonb', 'numeric 5'],
	["'good'", '$3::jsonb', 'error 22P02'],
	["JSON.stringify('good')", '$3', 'text "\\"good\\""'],
	["JSON.stringify('good')", '$3::jsonb', 'text "good"'],
	["JSON.stringify('5')", '$3::jsonb', 'text "5"'],
	["JSON.stringify(0.1)", '$3::jsonb', 'numeric 0.1'],
	["JSON.stringify(true)", '$3::jsonb', 'boolean true'],
	["['a', 'b']", '$3', 'text "{\\"a\\",\\"b\\"}"'],
	["[1, 2.5]", '$3', 'text "{\\"1\\",\\"2.5\\"}"'],
	["[]", '$3', 'text "{}" + WARNING'],
	["['a', 'b']", '$3::jsonb', 'error 22P02'],
	["[]", '$3::jsonb', 'json {}'],
	["['a', 'b']", '$3::text[]', 'json ["a", "b"]'],
	["[1, 2.5]", '$3::numeric[]', 'json [1, 2.5]'],
	["JSON.stringify(['a', 1])", '$3::jsonb', 'json ["a", 1]'],
	["JSON.stringify([])", '$3::jsonb', 'json []'],
	["{ a: 1 }", '$3', 'text "{\\"a\\":1}" + WARNING'],
	["{ a: 1 }", '$3::jsonb', 'json {"a": 1}'],
	["JSON.stringify({ a: 1 })", '$3::jsonb', 'json {"a": 1}'],
	["null", '$3', 'error 22004 value'],
	["undefined", '$3', 'error 22004 value'],
	["null", '$3::jsonb', 'error 22004 value'],
	["JSON.stringify(null)", '$3::jsonb', 'json null'],
	["new Date('2026-01-02T03:04:05Z')", '$3', 'text "2026-01-02T03:04:05.000+00:00"'],
	["new Date('2026-01-02T03:04:05Z')", '$3::timestamptz', 'text "2026-01-02T03:04:05+00:00"'],
	["JSON.stringify(new Date('2026-01-02T03:04:05Z'))", '$3::jsonb', 'text "2026-01-02T03:04:05.000Z"'],
	["'00000000-0000-0000-0000-000000000007'", '$3', 'text "00000000-0000-0000-0000-000000000007"'],
	["Tone.KIND", '$3', 'text "kind"']
]

const NOON = new Date('2026-01-02T12:00:00Z')
const FIRST = '01a20000-0000-7000-8000-000000000001'
const SECOND = '01a20000-0000-7000-8000-000000000002'
const THIRD = '01a20000-0000-7000-8000-000000000003'
const DOCUMENT = {
	assessment_name: 'relevance',
	source: { source_type: 'LLM_JUDGE', source_id: 'gpt-4o' },
	feedback: { value: 0.82 },
	metadata: { cost: '0.0012' }
}
const LOGGED_DOCUMENT = {
	name: 'relevance', numeric_value: 0.82, source_type: 'LLM_JUDGE', source_id: 'gpt-4o', metadata: { cost: '0.0012' }
}

// description, statement, arguments, columns of the row that is logged
const ROWS = [
	['positional arguments',
		'SELECT feedback.log_feedback($1, $2, $3::boolean, $4, $5, $6)',
		['tr-1', 'helpful', true, 'HUMAN', 'user_123', 'It is.'],
		{ trace_id: 'tr-1', boolean_value: true, source_type: 'HUMAN', source_id: 'user_123', rationale: 'It is.' }],
	['named arguments: metadata an object, a Date, an id as a string',
		`SELECT feedback.log_feedback($1, $2, $3::numeric, source_type => $4, metadata => $5, span_id => $6,
			create_time => $7, assessment_id => $8, project => $9)`,
		['tr-1', 'relevance', 0.82, 'LLM_JUDGE', { tries: 2 }, 's-1', NOON, FIRST, 'chatbot'],
		{ numeric_value: 0.82, source_type: 'LLM_JUDGE', metadata: { tries: 2 }, span_id: 's-1',
			create_time: '2026-01-02T12:00:00+00:00', assessment_id: FIRST, project: 'chatbot' }],
	['overrides as a string',
		'SELECT feedback.log_feedback($1, $2, $3::numeric, overrides => $4, assessment_id => $5)',
		['tr-1', 'relevance', 0.9, FIRST, SECOND], { overrides: FIRST, assessment_id: SECOND, project: 'chatbot' }],
	['override_feedback',
		"SELECT feedback.override_feedback($1, feedback.assessment_id($2), $3::numeric, new_assessment_id => $4)",
		['tr-1', 'a-' + SECOND.replaceAll('-', ''), 1, THIRD], { overrides: SECOND, numeric_value: 1 }],
	['an error, and null as the value',
		'SELECT feedback.log_feedback($1, $2, $3, error_code => $4)',
		['tr-1', 'relevance', null, 'TIMEOUT'], { text_value: null, error_code: 'TIMEOUT' }],
	['null and undefined for what is optional',
		`SELECT feedback.log_feedback($1, $2, $3::boolean, rationale => $4, metadata => $5, overrides => $6,
			create_time => $7, assessment_id => $8)`,
		['tr-1', 'helpful', false, null, undefined, null, undefined, null],
		{ boolean_value: false, rationale: null, metadata: null, overrides: null }],
	["set_feedback, a source's word",
		'SELECT feedback.set_feedback($1, $2, $3::boolean, source_id => $4)',
		['tr-word', 'user_satisfaction', true, 'user_123'], { boolean_value: true, source_id: 'user_123' }],
	['set_feedback, its next word',
		'SELECT feedback.set_feedback($1, $2, $3::boolean, source_id => $4)',
		['tr-word', 'user_satisfaction', false, 'user_123'], { boolean_value: false, source_id: 'user_123' }],
	['an expectation that is a list',
		'SELECT feedback.log_expectation($1, $2, $3::jsonb)', ['tr-1', 'facts', JSON.stringify(['a', 1])],
		{ kind: 'expectation', json_value: ['a', 1], source_type: 'HUMAN' }],
	['a document that is a string',
		'SELECT feedback.log_assessment($1, $2)', ['tr-1', JSON.stringify(DOCUMENT)], LOGGED_DOCUMENT],
	['a document that is an object',
		'SELECT feedback.log_assessment($1, $2)', ['tr-1', DOCUMENT], LOGGED_DOCUMENT]
]

// description, statement, arguments, outcome
const OUTCOMES = [
	['a second override', 'SELECT feedback.log_feedback($1, $2, true, overrides => $3)',
		['tr-1', 'relevance', FIRST], 'error 23505 overrides'],
	['an unknown override', 'SELECT feedback.log_feedback($1, $2, true, overrides => $3)',
		['tr-2', 'relevance', FIRST], 'error 23503 overrides'],
	['an unknown assessment', 'SELECT feedback.get_assessment($1, $2)', ['tr-2', FIRST], 'error P0002 assessment_id'],
	['a document that is no JSON', 'SELECT feedback.log_assessment($1, $2)', ['tr-1', "{'name': 1}"],
		'error 22032 assessment']
]

// statement, arguments, what the error has
const REFUSALS = [
	['SELECT feedback.log_feedback($1, $2, true, source_type => $3)', ['tr-1', 'helpful', 'BOT'],
		{ code: '22023', column: 'source_type', detail: undefined,
			hint: 'The source types are HUMAN, LLM_JUDGE, CODE and SOURCE_TYPE_UNSPECIFIED.' }],
	['SELECT feedback.log_feedback($1, $2, $3)', ['tr-1', 'helpful', null],
		{ code: '22004', column: 'value', detail: 'A feedback has a value, an error or both.',
			hint: "Give 'null'::jsonb if the question does not apply." }]
]

async function connect(settings) {
	const client = new Client(settings)
	client.notices = []
	client.on('notice', notice => client.notices.push(`${notice.severity} ${notice.code} ${notice.column}`))
	await client.connect()
	return client
}

async function execute(client, statement, values) {
	const { rows } = await client.query({ text: statement, values, rowMode: 'array' })
	return rows[0][0]
}

async function stored(client, assessmentId) {
	return execute(client, `SELECT concat_ws(' ', value_type, value) FROM feedback.feedback
		WHERE assessment_id = $1`, [assessmentId])
}

async function outcome(client, statement, values) {
	client.notices = []
	try {
		const result = await stored(client, await execute(client, statement, values))
		return result + (client.notices.length > 0 ? ' + WARNING' : '')
	} catch (error) {
		return error.code ? `error ${error.code} ${error.column ?? ''}`.trimEnd() : error.name
	}
}

async function checkValues(client) {
	for (const [value, parameter, expected] of VALUES) {
		let got
		try {
			const values = ['tr-values', 'value', eval(`(${value})`)]
			got = await outcome(client, `SELECT feedback.log_feedback($1, $2, ${parameter})`, values)
		} catch (error) {
			got = error.name
		}
		check(got, expected, `${value} as ${parameter}: ${expected}`)
	}
}

async function checkCalls(client) {
	for (const [description, statement, values, expected] of ROWS) {
		const assessmentId = await execute(client, statement, values)
		const row = await execute(client, `SELECT to_jsonb(a) FROM feedback.assessments AS a
			WHERE assessment_id = $1`, [assessmentId])
		check(pick(row, expected), expected, description)
	}
	for (const [description, statement, values, expected] of OUTCOMES) {
		check(await outcome(client, statement, values), expected, `${description}: ${expected}`)
	}
	for (const [statement, values, expected] of REFUSALS) {
		const error = await execute(client, statement, values).catch(error => error)
		check(pick(error, expected), expected, `DatabaseError ${expected.code} has code, column, detail and hint`)
	}
	const updated = await execute(client, 'SELECT feedback.update_assessment($1, $2, $3)',
		['tr-1', THIRD, { rationale: 'It is.' }])
	check(updated.rationale, 'It is.', 'update_assessment with an object')
	const document = await execute(client, 'SELECT feedback.get_assessment($1, $2)', ['tr-1', THIRD])
	check(document.assessment_id, 'a-' + THIRD.replaceAll('-', ''), 'get_assessment gives an object')
	check(await execute(client, 'SELECT feedback.delete_assessment($1, $2)', ['tr-1', THIRD]), true,
		'delete_assessment gives true')
}

const VALUES_OF_ANY_TYPE = [true, 0.1, 'good', ['a', 1], { a: 1 }, null]
const STORED = ['boolean true', 'numeric 0.1', 'text "good"', 'json ["a", 1]', 'json {"a": 1}', 'json null']

// The same prepared statement, also past the switch to a generic plan
async function checkPrepared(client) {
	const got = []
	for (const value of [...VALUES_OF_ANY_TYPE, ...VALUES_OF_ANY_TYPE]) {
		const { rows } = await client.query({
			name: 'log_feedback',
			text: 'SELECT feedback.log_feedback($1, $2, $3::jsonb) AS id',
			values: ['tr-prepared', 'value', JSON.stringify(value)]
		})
		got.push(await stored(client, rows[0].id))
	}
	check(got, [...STORED, ...STORED], 'a prepared statement')
}

async function checkMany(client) {
	const { rows } = await client.query(
		`SELECT feedback.log_feedback(trace_id, name, value::jsonb) AS id
		FROM unnest($1::text[], $2::text[], $3::text[]) AS v (trace_id, name, value)`,
		[VALUES_OF_ANY_TYPE.map(() => 'tr-many'), VALUES_OF_ANY_TYPE.map(() => 'value'),
			VALUES_OF_ANY_TYPE.map(value => JSON.stringify(value))])
	const got = []
	for (const { id } of rows) {
		got.push(await stored(client, id))
	}
	check(got, STORED, 'arrays in one statement')
}

async function checkTransaction(client) {
	try {
		await client.query('BEGIN')
		await client.query("SELECT feedback.log_feedback('tr-transaction', 'lost', true)")
		await client.query("SELECT feedback.log_feedback('tr-transaction', 'refused', NULL)")
		await client.query('COMMIT')
	} catch (error) {
		await client.query('ROLLBACK')
	}
	check(await execute(client, "SELECT count(*) FROM feedback.feedback WHERE trace_id = 'tr-transaction'"), '0',
		'a refusal takes back its transaction')
}

async function checkWarning(client) {
	client.notices = []
	await execute(client, "SELECT feedback.log_feedback('tr-1', 'stars', $1)", [5])
	check(client.notices, ['WARNING 01000 value'], "on('notice') gets the warning")

	const strict = await connect({ options: '-c feedback.untyped_text=error' })
	check(await outcome(strict, "SELECT feedback.log_feedback('tr-1', 'stars', $1)", [5]), 'error 22023 value',
		"feedback.untyped_text = 'error'")
	await strict.end()
}

async function main() {
	const client = await connect()
	await checkValues(client)
	await checkCalls(client)
	await checkPrepared(client)
	await checkMany(client)
	await checkTransaction(client)
	await checkWarning(client)
	await client.end()
	done()
}

main()

// What Drizzle, over node-postgres, makes of values, calls, errors and warnings, and drizzle-kit of the extension's tables.
// Outcomes are written as in harness.py.
'use strict'

const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { eq, sql } = require('drizzle-orm')
const { drizzle } = require('drizzle-orm/node-postgres')
const { boolean, jsonb, pgSchema, text, uuid } = require('drizzle-orm/pg-core')
const { Pool } = require('pg')
const { check, done, pick } = require('./harness.js')

const schema = pgSchema('feedback')
const feedback = schema.view('feedback', {
	traceId: text('trace_id'),
	assessmentId: uuid('assessment_id'),
	name: text('name'),
	valueType: text('value_type'),
	value: jsonb('value')
}).existing()
const assessments = schema.table('assessments', {
	traceId: text('trace_id').notNull(),
	assessmentId: uuid('assessment_id').notNull().default(sql`DEFAULT`),
	kind: text('kind').notNull(),
	name: text('name').notNull(),
	booleanValue: boolean('boolean_value'),
	sourceType: text('source_type').notNull(),
	sourceId: text('source_id')
})

// The parameters of the tables, each with what makes it
const PARAMETERS = {
	'${value}': value => sql`${value}`,
	'${value}::boolean': value => sql`${value}::boolean`,
	'${value}::numeric': value => sql`${value}::numeric`,
	'${value}::jsonb': value => sql`${value}::jsonb`,
	'${value}::text[]': value => sql`${value}::text[]`
}

const VALUES = [
	["true", '${value}', 'text "true" + WARNING'],
	["true", '${value}::boolean', 'boolean true'],
	["true", '${value}::jsonb', 'boolean true'],
	["0.1", '${value}', 'text "0.1" + WARNING'],
	["0.1", '${value}::numeric', 'numeric 0.1'],
	["NaN", '${value}', 'text "NaN"'],
	["JSON.stringify(NaN)", '${value}::jsonb', 'json null'],
	["'good'", '${value}', 'text "good"'],
	["'5'", '${value}', 'text "5" + WARNING'],
	["'good'", '${value}::jsonb', 'error 22P02'],
	["JSON.stringify('good')", '${value}::jsonb', 'text "good"'],
	["JSON.stringify('5')", '${value}::jsonb', 'text "5"'],
	["JSON.stringify(0.1)", '${value}::jsonb', 'numeric 0.1'],
	["['a', 'b']", '${value}', 'error 42P18'],
	["['a', 'b']", '${value}::jsonb', 'error 42846'],
	["['a']", '${value}', 'text "a"'],
	["[]", '${value}', 'error 42601'],
	["sql.param(['a', 'b'])", '${value}', 'text "{\\"a\\",\\"b\\"}"'],
	["sql.param(['a', 'b'])", '${value}::text[]', 'json ["a", "b"]'],
	["JSON.stringify(['a', 1])", '${value}::jsonb', 'json ["a", 1]'],
	["{ a: 1 }", '${value}', 'text "{\\"a\\":1}" + WARNING'],
	["{ a: 1 }", '${value}::jsonb', 'json {"a": 1}'],
	["sql.param(['a', 1], feedback.value)", '${value}::jsonb', 'json ["a", 1]'],
	["sql.param('5', feedback.value)", '${value}::jsonb', 'text "5"'],
	["sql.param('5', feedback.value)", '${value}', 'text "\\"5\\""'],
	["null", '${value}', 'error 22004 value'],
	["undefined", '${value}', 'error 42601'],
	["JSON.stringify(null)", '${value}::jsonb', 'json null'],
	["sql.param(null, feedback.value)", '${value}::jsonb', 'error 22004 value'],
	["new Date('2026-01-02T03:04:05Z')", '${value}::jsonb', 'error 22P02'],
	["JSON.stringify(new Date('2026-01-02T03:04:05Z'))", '${value}::jsonb', 'text "2026-01-02T03:04:05.000Z"']
]

function connect(settings) {
	const pool = new Pool({ max: 1, ...settings })
	const db = drizzle(pool)
	db.notices = []
	pool.on('connect', client => client.on('notice', notice =>
		db.notices.push(`${notice.severity} ${notice.code} ${notice.column}`)))
	return db
}

async function stored(db, assessmentId) {
	const { rows } = await db.execute(sql`SELECT concat_ws(' ', value_type, value) AS stored FROM feedback.feedback
		WHERE assessment_id = ${assessmentId}`)
	return rows[0].stored
}

async function outcome(db, value) {
	db.notices = []
	try {
		const { rows } = await db.execute(sql`SELECT feedback.log_feedback(${'tr-values'}, ${'value'}, ${value}) AS id`)
		return await stored(db, rows[0].id) + (db.notices.length > 0 ? ' + WARNING' : '')
	} catch (error) {
		return error.cause?.code ? `error ${error.cause.code} ${error.cause.column ?? ''}`.trimEnd() : error.name
	}
}

async function checkValues(db) {
	for (const [value, parameter, expected] of VALUES) {
		const got = await outcome(db, PARAMETERS[parameter](eval(`(${value})`)))
		check(got, expected, `${value} as ${parameter}: ${expected}`)
	}
}

async function refusal(promise) {
	return promise.then(() => ({}), error => error)
}

async function checkErrors(db) {
	const error = await refusal(db.execute(sql`SELECT feedback.log_feedback('tr-1', 'helpful', true, source_type => ${'BOT'})`))
	check([error.constructor.name, error.code], ['DrizzleQueryError', undefined], "the error is Drizzle's, without a code")
	const expected = { code: '22023', column: 'source_type', detail: undefined,
		hint: 'The source types are HUMAN, LLM_JUDGE, CODE and SOURCE_TYPE_UNSPECIFIED.' }
	check(pick(error.cause, expected), expected, 'error.cause has code, column, detail and hint')
}

async function checkTables(db) {
	const row = { traceId: 'tr-table', kind: 'feedback', name: 'helpful', booleanValue: true, sourceType: 'HUMAN', sourceId: 'u' }
	const [written] = await db.insert(assessments).values(row).returning()
	const [read] = await db.select().from(feedback).where(eq(feedback.traceId, 'tr-table'))
	check(read, { traceId: 'tr-table', assessmentId: written.assessmentId, name: 'helpful', valueType: 'boolean', value: true },
		"an insert, with the table's id, is what the view's definition reads")
	const error = await refusal(db.insert(assessments).values({ ...row, booleanValue: null }))
	check([error.cause?.code, error.cause?.column], ['23514', 'value'], 'an insert that is refused')
}

async function checkTransaction(db) {
	await db.transaction(async tx => {
		await tx.execute(sql`SELECT feedback.set_feedback('tr-transaction', 'kept', ${true}::boolean, source_id => ${'u'})`)
		await refusal(tx.transaction(async savepoint => {
			await savepoint.execute(sql`SELECT feedback.set_feedback('tr-transaction', 'lost', true, source_id => ${'u'})`)
			await savepoint.execute(sql`SELECT feedback.set_feedback('tr-transaction', 'refused', true)`)
		}))
	})
	const rows = await db.select({ name: feedback.name }).from(feedback).where(eq(feedback.traceId, 'tr-transaction'))
	check(rows, [{ name: 'kept' }], 'a transaction in a transaction takes back its own block')
}

async function checkWarning(db) {
	db.notices = []
	await db.execute(sql`SELECT feedback.log_feedback('tr-1', 'stars', ${5})`)
	check(db.notices, ['WARNING 01000 value'], "on('notice') of the pool's clients gets the warning")
	const strict = connect({ options: '-c feedback.untyped_text=error' })
	check(await outcome(strict, sql`${5}`), 'error 22023 value', "feedback.untyped_text = 'error'")
	await strict.$client.end()
}

// drizzle-kit with these settings, in a directory of its own; gives what it says
function drizzleKit(directory, command, settings) {
	const { PGHOST: host, PGPORT: port, PGUSER: user, PGDATABASE: database } = process.env
	fs.writeFileSync(path.join(directory, 'drizzle.config.js'), `module.exports = ${JSON.stringify({
		dialect: 'postgresql', out: 'out', schema: './schema.js', dbCredentials: { host, port: +port, user, database, ssl: false },
		...settings
	})}`)
	const { stdout, stderr } = spawnSync(path.join(process.env.NODE_PATH, '.bin', 'drizzle-kit'), command,
		{ cwd: directory, encoding: 'utf8' })
	return stdout + stderr
}

async function checkKit(db) {
	const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'feedback-drizzle.'))
	try {
		// drizzle-kit looks for drizzle-orm where it runs.
		fs.symlinkSync(process.env.NODE_PATH, path.join(directory, 'node_modules'))
		fs.writeFileSync(path.join(directory, 'schema.js'), `const { integer, pgTable } = require('drizzle-orm/pg-core')
			exports.own = pgTable('own', { id: integer().primaryKey() })`)
		const tables = "SELECT count(*)::int AS count FROM pg_tables WHERE schemaname = 'feedback'"
		const [before] = (await db.execute(tables)).rows
		check(drizzleKit(directory, ['push', '--force'], {}).includes('Changes applied'), true, 'drizzle-kit push makes the own table')
		check((await db.execute("SELECT to_regclass('own') IS NOT NULL AS made")).rows, [{ made: true }], 'which is there')
		const named = { schemaFilter: ['public', 'feedback'] }
		check(/cannot drop .* because extension feedback requires it/.test(drizzleKit(directory, ['push', '--force'], named)), true,
			"drizzle-kit push would drop the extension's, once schemaFilter names their schema, and fails")
		check((await db.execute(tables)).rows, [before], "the extension's tables stay")

		drizzleKit(directory, ['pull'], {})
		const written = () => fs.readFileSync(path.join(directory, 'out', 'schema.ts'), 'utf8')
		check(/pgTable\("own"/.test(written()) && !/assessments/.test(written()), true, "drizzle-kit pull leaves the extension's out")
		drizzleKit(directory, ['pull'], named)
		check(/feedback\.table\("assessments"/.test(written()), true, 'unless schemaFilter names their schema')
		check(spawnSync(path.join(process.env.NODE_PATH, '.bin', 'esbuild'), ['out/schema.ts'], { cwd: directory }).status, 1,
			'and what it writes then does not compile')
	} finally {
		fs.rmSync(directory, { recursive: true })
	}
}

async function main() {
	const db = connect()
	await checkValues(db)
	await checkErrors(db)
	await checkTables(db)
	await checkTransaction(db)
	await checkWarning(db)
	await checkKit(db)
	await db.$client.end()
	done()
}

main()

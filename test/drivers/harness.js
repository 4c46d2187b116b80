// What the programs in JavaScript share; see harness.py, which has the words for outcomes.
'use strict'

const { isDeepStrictEqual } = require('node:util')

let count = 0

// Prints one test in TAP
function check(got, expected, description) {
	const same = isDeepStrictEqual(got, expected)
	console.log(`${same ? 'ok' : 'not ok'} ${++count} - ${description}`)
	if (!same) {
		console.log(`#      got: ${JSON.stringify(got)}\n# expected: ${JSON.stringify(expected)}`)
	}
}

// Ends the TAP: without this line, a program that broke off has failed
function done() {
	console.log(`1..${count}`)
}

// Columns of an object, those that it lacks included
function pick(object, expected) {
	return Object.fromEntries(Object.keys(expected).map(key => [key, object[key]]))
}

module.exports = { check, done, pick }

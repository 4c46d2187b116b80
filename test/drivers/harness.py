"""What the programs of the Python drivers share: TAP, and tables of cases.

What a call comes to is written in the same words in every language:

    numeric 0.1             the type and the value that were stored
    text "5" + WARNING      the same, and the driver got the warning
    error 22004 value       a refusal, by its SQLSTATE and its COLUMN
    DataError               an error of the driver's own: nothing was sent
"""

import json
import re

count = 0


def check(got, expected, description):
    """Print one test in TAP."""
    global count
    count += 1
    print(f"{'ok' if got == expected else 'not ok'} {count} - {description}")
    if got != expected:
        print(f"#      got: {got!r}\n# expected: {expected!r}")


def done():
    """End the TAP: without this line, a program that broke off has failed."""
    print(f"1..{count}")


class Driver:
    """A connection; each program says how its driver does these things."""

    def execute(self, statement, arguments=()):
        """The one value that the statement gives."""
        raise NotImplementedError

    def warnings(self):
        """The warnings since the last time, each as SEVERITY, SQLSTATE and COLUMN."""
        raise NotImplementedError

    def diagnosis(self, error):
        """SQLSTATE, COLUMN, DETAIL and HINT, or None for the driver's own errors."""
        raise NotImplementedError

    def parameter(self, number, cast):
        """A parameter, with the cast that a value of no fixed type needs."""
        raise NotImplementedError

    def json(self, value):
        """A value as the driver sends JSON."""
        raise NotImplementedError

    def statement(self, template):
        """Put parameters where the template has {}, or {type} for a value."""
        number = 0

        def parameter(match):
            nonlocal number
            number += 1
            return self.parameter(number, match.group(1))

        return re.sub(r"\{(\w*)\}", parameter, template)

    def outcome(self, statement, arguments=()):
        """What a call that logs comes to, in words."""
        self.warnings()
        try:
            assessment_id = self.execute(statement, arguments)
        except Exception as error:  # which one it is, is what is tested
            diagnosis = self.diagnosis(error)
            if diagnosis is None:
                return type(error).__name__
            return f"error {diagnosis[0]} {diagnosis[1] or ''}".rstrip()
        return self.stored(assessment_id) + (" + WARNING" if self.warnings() else "")

    def stored(self, assessment_id):
        return self.execute("SELECT concat_ws(' ', value_type, value) FROM feedback.feedback"
                            f" WHERE assessment_id = '{assessment_id}'")

    def value_call(self, parameter):
        """The call that logs a value by that parameter, as the tables of docs/drivers.md have it."""
        return self.statement("SELECT feedback.log_feedback({}, {}, ") + parameter + ")"

    def check_values(self, table, names):
        """Cases of value, parameter and outcome; a value is evaluated, so it is what it says."""
        for value, parameter, expected in table:
            arguments = ("tr-values", "value", eval(value, names))
            check(self.outcome(self.value_call(parameter), arguments), expected, f"{value} as {parameter}: {expected}")

    def check_rows(self, table):
        """Cases of description, statement, arguments and columns of the row that is logged."""
        for description, template, arguments, expected in table:
            assessment_id = self.execute(self.statement(template), arguments)
            row = json.loads(self.execute("SELECT to_jsonb(a)::text FROM feedback.assessments AS a"
                                          f" WHERE assessment_id = '{assessment_id}'"))
            check({column: row[column] for column in expected}, expected, description)

    def check_outcomes(self, table):
        """Cases of description, statement, arguments and outcome."""
        for description, template, arguments, expected in table:
            check(self.outcome(self.statement(template), arguments), expected, f"{description}: {expected}")

    def check_refusals(self, table):
        """Cases of class, statement, arguments, SQLSTATE, COLUMN, DETAIL and HINT."""
        for error_class, template, arguments, *expected in table:
            try:
                got = self.execute(self.statement(template), arguments)
            except Exception as error:
                got = type(error).__name__, self.diagnosis(error)
            check(got, (error_class, tuple(expected)), f"{error_class} has SQLSTATE, COLUMN, DETAIL and HINT")

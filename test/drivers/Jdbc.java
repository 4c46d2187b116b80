import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.postgresql.util.PGobject;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What the PostgreSQL JDBC driver makes of values, calls, errors and warnings.
 * Outcomes are written as in harness.py.
 */
public class Jdbc {
	enum Tone { KIND }

	interface Binder {
		void bind(PreparedStatement statement) throws SQLException;
	}

	/** A value, by the code that sets parameter 3. */
	record Value(String code, String parameter, String outcome, Binder binder) {
	}

	static final List<Value> VALUES = List.of(
		new Value("setBoolean(3, true)", "?", "boolean true", s -> s.setBoolean(3, true)),
		new Value("setObject(3, true)", "?", "boolean true", s -> s.setObject(3, true)),
		new Value("setInt(3, 1)", "?", "numeric 1", s -> s.setInt(3, 1)),
		new Value("setLong(3, Long.MAX_VALUE)", "?", "numeric 9223372036854775807", s -> s.setLong(3, Long.MAX_VALUE)),
		new Value("setObject(3, BigInteger.TEN.pow(30))", "?", "numeric 1000000000000000000000000000000",
			s -> s.setObject(3, BigInteger.TEN.pow(30))),
		new Value("setBigDecimal(3, new BigDecimal(\"0.10\"))", "?", "numeric 0.10",
			s -> s.setBigDecimal(3, new BigDecimal("0.10"))),
		new Value("setDouble(3, 0.1)", "?", "numeric 0.1", s -> s.setDouble(3, 0.1)),
		new Value("setFloat(3, 0.1f)", "?", "numeric 0.1", s -> s.setFloat(3, 0.1f)),
		new Value("setObject(3, 0.1)", "?", "numeric 0.1", s -> s.setObject(3, 0.1)),
		new Value("setDouble(3, Double.NaN)", "?", "error 22003 value", s -> s.setDouble(3, Double.NaN)),
		new Value("setString(3, \"good\")", "?", "text \"good\"", s -> s.setString(3, "good")),
		new Value("setString(3, \"\")", "?", "text \"\"", s -> s.setString(3, "")),
		new Value("setString(3, \"5\")", "?", "text \"5\" + WARNING", s -> s.setString(3, "5")),
		new Value("setObject(3, \"true\")", "?", "text \"true\" + WARNING", s -> s.setObject(3, "true")),
		new Value("setString(3, \"5\")", "?::jsonb", "numeric 5", s -> s.setString(3, "5")),
		new Value("setString(3, \"good\")", "?::jsonb", "error 22P02", s -> s.setString(3, "good")),
		new Value("setString(3, \"\\\"5\\\"\")", "?::jsonb", "text \"5\"", s -> s.setString(3, "\"5\"")),
		new Value("setString(3, \"{\\\"a\\\": 1}\")", "?", "text \"{\\\"a\\\": 1}\" + WARNING",
			s -> s.setString(3, "{\"a\": 1}")),
		new Value("setString(3, \"{\\\"a\\\": 1}\")", "?::jsonb", "json {\"a\": 1}", s -> s.setString(3, "{\"a\": 1}")),
		new Value("setObject(3, \"{\\\"a\\\": 1}\", Types.OTHER)", "?", "text \"{\\\"a\\\": 1}\" + WARNING",
			s -> s.setObject(3, "{\"a\": 1}", Types.OTHER)),
		new Value("setObject(3, jsonb(\"{\\\"a\\\": 1}\"))", "?", "json {\"a\": 1}",
			s -> s.setObject(3, jsonb("{\"a\": 1}"))),
		new Value("setObject(3, jsonb(\"5\"))", "?", "numeric 5", s -> s.setObject(3, jsonb("5"))),
		new Value("setObject(3, jsonb(\"null\"))", "?", "json null", s -> s.setObject(3, jsonb("null"))),
		new Value("setObject(3, Map.of(\"a\", 1))", "?", "PSQLException", s -> s.setObject(3, Map.of("a", 1))),
		new Value("setObject(3, List.of(\"a\", \"b\"))", "?", "PSQLException", s -> s.setObject(3, List.of("a", "b"))),
		new Value("setObject(3, new String[] {\"a\", \"b\"})", "?", "json [\"a\", \"b\"]",
			s -> s.setObject(3, new String[] {"a", "b"})),
		new Value("setObject(3, new double[] {1, 2.5})", "?", "json [1, 2.5]",
			s -> s.setObject(3, new double[] {1, 2.5})),
		new Value("setObject(3, new String[] {})", "?", "json []", s -> s.setObject(3, new String[] {})),
		new Value("setObject(3, new Object[] {\"a\", 1})", "?", "PSQLException",
			s -> s.setObject(3, new Object[] {"a", 1})),
		new Value("setArray(3, s.getConnection().createArrayOf(\"text\", new String[] {\"a\"}))", "?", "json [\"a\"]",
			s -> s.setArray(3, s.getConnection().createArrayOf("text", new String[] {"a"}))),
		new Value("setNull(3, Types.NULL)", "?", "error 22004 value", s -> s.setNull(3, Types.NULL)),
		new Value("setNull(3, Types.BOOLEAN)", "?", "error 22004 value", s -> s.setNull(3, Types.BOOLEAN)),
		new Value("setString(3, null)", "?::jsonb", "error 22004 value", s -> s.setString(3, null)),
		new Value("setObject(3, LocalDate.of(2026, 1, 2))", "?", "text \"2026-01-02\"",
			s -> s.setObject(3, LocalDate.of(2026, 1, 2))),
		new Value("setDate(3, Date.valueOf(\"2026-01-02\"))", "?", "text \"2026-01-02 +00\"",
			s -> s.setDate(3, Date.valueOf("2026-01-02"))),
		new Value("setDate(3, Date.valueOf(\"2026-01-02\"))", "?::date", "text \"2026-01-02\"",
			s -> s.setDate(3, Date.valueOf("2026-01-02"))),
		new Value("setObject(3, OffsetDateTime.parse(\"2026-01-02T03:04:05Z\"))", "?",
			"text \"2026-01-02T03:04:05+00:00\"", s -> s.setObject(3, OffsetDateTime.parse("2026-01-02T03:04:05Z"))),
		new Value("setObject(3, LocalDateTime.parse(\"2026-01-02T03:04:05\"))", "?", "text \"2026-01-02T03:04:05\"",
			s -> s.setObject(3, LocalDateTime.parse("2026-01-02T03:04:05"))),
		new Value("setTimestamp(3, Timestamp.from(Instant.EPOCH))", "?", "text \"1970-01-01 00:00:00+00\"",
			s -> s.setTimestamp(3, Timestamp.from(Instant.EPOCH))),
		new Value("setTimestamp(3, Timestamp.from(Instant.EPOCH))", "?::timestamptz",
			"text \"1970-01-01T00:00:00+00:00\"", s -> s.setTimestamp(3, Timestamp.from(Instant.EPOCH))),
		new Value("setObject(3, Instant.EPOCH)", "?", "PSQLException", s -> s.setObject(3, Instant.EPOCH)),
		new Value("setObject(3, new UUID(0, 7))", "?", "text \"00000000-0000-0000-0000-000000000007\"",
			s -> s.setObject(3, new UUID(0, 7))),
		new Value("setObject(3, Tone.KIND)", "?", "PSQLException", s -> s.setObject(3, Tone.KIND)),
		new Value("setString(3, Tone.KIND.name())", "?", "text \"KIND\"", s -> s.setString(3, Tone.KIND.name())));

	static final String DOCUMENT = """
		{"assessment_name": "relevance", "source": {"source_type": "LLM_JUDGE", "source_id": "gpt-4o"},
		 "feedback": {"value": 0.82}, "metadata": {"cost": "0.0012"}}""";
	static final String LOGGED_DOCUMENT =
		"relevance 0.82 LLM_JUDGE gpt-4o {\"cost\": \"0.0012\"}";
	static final UUID FIRST = UUID.fromString("01a20000-0000-7000-8000-000000000001");
	static final UUID SECOND = UUID.fromString("01a20000-0000-7000-8000-000000000002");
	static final UUID THIRD = UUID.fromString("01a20000-0000-7000-8000-000000000003");
	static final OffsetDateTime NOON = OffsetDateTime.parse("2026-01-02T12:00:00Z");

	/** A value as jsonb: the one type that takes all of them. */
	static PGobject jsonb(String json) throws SQLException {
		var object = new PGobject();
		object.setType("jsonb");
		object.setValue(json);
		return object;
	}

	private final Connection connection;
	private int count;

	Jdbc(Connection connection) {
		this.connection = connection;
	}

	void check(Object got, Object expected, String description) {
		boolean same = Objects.equals(got, expected);
		System.out.printf("%s %d - %s%n", same ? "ok" : "not ok", ++count, description);
		if (!same) {
			System.out.printf("#      got: %s%n# expected: %s%n", got, expected);
		}
	}

	/** The one value that a statement gives. */
	Object execute(String sql, Object... arguments) throws SQLException {
		try (var statement = connection.prepareStatement(sql)) {
			for (int i = 0; i < arguments.length; i++) {
				statement.setObject(i + 1, arguments[i]);
			}
			return only(statement.executeQuery());
		}
	}

	static Object only(ResultSet result) throws SQLException {
		result.next();
		return result.getObject(1);
	}

	Object stored(Object assessmentId) throws SQLException {
		return execute("SELECT concat_ws(' ', value_type, value) FROM feedback.feedback WHERE assessment_id = ?",
			assessmentId);
	}

	static String describe(SQLException error) {
		ServerErrorMessage message = ((PSQLException) error).getServerErrorMessage();
		if (message == null) {
			return "PSQLException";
		}
		return "error " + error.getSQLState() + (message.getColumn() == null ? "" : " " + message.getColumn());
	}

	/** What a call that logs comes to, in words. */
	String outcome(String sql, Binder binder) {
		try (var statement = connection.prepareStatement(sql)) {
			binder.bind(statement);
			Object assessmentId = only(statement.executeQuery());
			return stored(assessmentId) + (statement.getWarnings() == null ? "" : " + WARNING");
		} catch (SQLException error) {
			return describe(error);
		}
	}

	void checkValues() {
		for (Value value : VALUES) {
			String sql = "SELECT feedback.log_feedback(?, ?, " + value.parameter + ")";
			String outcome = outcome(sql, statement -> {
				statement.setString(1, "tr-values");
				statement.setString(2, "value");
				value.binder.bind(statement);
			});
			check(outcome, value.outcome, value.code + " as " + value.parameter + ": " + value.outcome);
		}
	}

	/** The columns, in words, of the row that a call logs. */
	void checkRow(String description, String columns, String expected, String sql, Object... arguments)
			throws SQLException {
		Object assessmentId = execute(sql, arguments);
		check(execute("SELECT concat_ws(' ', " + columns + ") FROM feedback.assessments WHERE assessment_id = ?",
			assessmentId), expected, description);
	}

	void checkRows() throws SQLException {
		checkRow("positional arguments", "trace_id, name, boolean_value, source_type, source_id, rationale",
			"tr-1 helpful t HUMAN user_123 It is.",
			"SELECT feedback.log_feedback(?, ?, ?, ?, ?, ?)", "tr-1", "helpful", true, "HUMAN", "user_123", "It is.");
		checkRow("named arguments: metadata as jsonb, an OffsetDateTime, a UUID",
			"numeric_value, source_type, metadata, span_id, create_time, assessment_id, project",
			"0.82 LLM_JUDGE {\"tries\": 2} s-1 2026-01-02 12:00:00+00 " + FIRST + " chatbot",
			"SELECT feedback.log_feedback(?, ?, ?, source_type => ?, metadata => ?, span_id => ?, create_time => ?,"
			+ " assessment_id => ?, project => ?)",
			"tr-1", "relevance", 0.82, "LLM_JUDGE", jsonb("{\"tries\": 2}"), "s-1", NOON, FIRST, "chatbot");
		checkRow("ids and metadata as strings, with casts; a Timestamp", "numeric_value, overrides, assessment_id, metadata",
			"0.9 " + FIRST + " " + SECOND + " {\"tries\": 3}",
			"SELECT feedback.log_feedback(?, ?, ?, overrides => ?::uuid, assessment_id => ?::uuid, metadata => ?::jsonb,"
			+ " create_time => ?)",
			"tr-1", "relevance", 0.9, FIRST.toString(), SECOND.toString(), "{\"tries\": 3}",
			Timestamp.from(NOON.toInstant()));
		checkRow("override_feedback with an id in a document's spelling", "name, numeric_value, overrides",
			"relevance 1 " + SECOND,
			"SELECT feedback.override_feedback(?, feedback.assessment_id(?), ?, new_assessment_id => ?)",
			"tr-1", "a-" + SECOND.toString().replace("-", ""), 1, THIRD);
		checkRow("an error, and null as the value", "text_value, error_code", "TIMEOUT",
			"SELECT feedback.log_feedback(?, ?, ?, error_code => ?)", "tr-1", "relevance", null, "TIMEOUT");
		checkRow("null for what is optional", "boolean_value, rationale, metadata, overrides", "f",
			"SELECT feedback.log_feedback(?, ?, ?, rationale => ?, metadata => ?, overrides => ?, create_time => ?)",
			"tr-1", "helpful", false, null, null, null, null);
		checkRow("an expectation that is a list", "kind, json_value, source_type", "expectation [\"a\", 1] HUMAN",
			"SELECT feedback.log_expectation(?, ?, ?)", "tr-1", "facts", jsonb("[\"a\", 1]"));
		String columns = "name, numeric_value, source_type, source_id, metadata";
		checkRow("a document that is a string", columns, LOGGED_DOCUMENT,
			"SELECT feedback.log_assessment(?, ?)", "tr-1", DOCUMENT);
		checkRow("a document that is a PGobject", columns, LOGGED_DOCUMENT,
			"SELECT feedback.log_assessment(?, ?)", "tr-1", jsonb(DOCUMENT));
	}

	void checkOutcome(String description, String expected, String sql, Object... arguments) {
		check(outcome(sql, statement -> {
			for (int i = 0; i < arguments.length; i++) {
				statement.setObject(i + 1, arguments[i]);
			}
		}), expected, description + ": " + expected);
	}

	void checkOutcomes() {
		checkOutcome("an id as a string, without a cast", "error 42883",
			"SELECT feedback.log_feedback('tr-1', 'helpful', true, assessment_id => ?)", FIRST.toString());
		checkOutcome("metadata as a string, without a cast", "error 42883",
			"SELECT feedback.log_feedback('tr-1', 'helpful', true, metadata => ?)", "{\"a\": 1}");
		checkOutcome("a time as a string, without a cast", "error 42883",
			"SELECT feedback.log_feedback('tr-1', 'helpful', true, create_time => ?)", "2026-01-02T12:00:00Z");
		checkOutcome("a second override", "error 23505 overrides",
			"SELECT feedback.log_feedback(?, ?, ?, overrides => ?)", "tr-1", "relevance", true, FIRST);
		checkOutcome("an unknown override", "error 23503 overrides",
			"SELECT feedback.log_feedback(?, ?, ?, overrides => ?)", "tr-2", "relevance", true, FIRST);
		checkOutcome("an unknown assessment", "error P0002 assessment_id",
			"SELECT feedback.get_assessment(?, ?)", "tr-2", FIRST);
		checkOutcome("a document that is no JSON", "error 22032 assessment",
			"SELECT feedback.log_assessment(?, ?)", "tr-1", "{'name': 1}");
	}

	/** SQLSTATE, COLUMN, DETAIL and HINT of a refusal. */
	void checkRefusal(List<String> expected, String sql, Object... arguments) throws SQLException {
		List<String> got = null;
		try {
			execute(sql, arguments);
		} catch (PSQLException error) {
			ServerErrorMessage message = error.getServerErrorMessage();
			got = Arrays.asList(error.getSQLState(), message.getColumn(), message.getDetail(), message.getHint());
		}
		check(got, expected, "PSQLException " + expected.get(0) + " has SQLSTATE, COLUMN, DETAIL and HINT");
	}

	void checkRefusals() throws SQLException {
		checkRefusal(Arrays.asList("22023", "source_type", null,
				"The source types are HUMAN, LLM_JUDGE, CODE and SOURCE_TYPE_UNSPECIFIED."),
			"SELECT feedback.log_feedback(?, ?, ?, source_type => ?)", "tr-1", "helpful", true, "BOT");
		checkRefusal(Arrays.asList("22004", "value", "A feedback has a value, an error or both.",
				"Give 'null'::jsonb if the question does not apply."),
			"SELECT feedback.log_feedback(?, ?, ?)", "tr-1", "helpful", null);
	}

	void checkDocuments() throws SQLException {
		check(execute("SELECT feedback.update_assessment(?, ?, ?) ->> 'rationale'", "tr-1", THIRD,
			"{\"rationale\": \"It is.\"}"), "It is.", "update_assessment with a string");
		check(execute("SELECT feedback.get_assessment(?, ?)", "tr-1", THIRD).getClass(), PGobject.class,
			"get_assessment gives a PGobject");
		check(execute("SELECT feedback.delete_assessment(?, ?)", "tr-1", THIRD), true, "delete_assessment gives true");
	}

	/** One statement, with values of changing types, also once the server has prepared it. */
	void checkPrepared() throws SQLException {
		var stored = new ArrayList<Object>();
		var expected = new ArrayList<Object>();
		try (var statement = connection.prepareStatement("SELECT feedback.log_feedback(?, ?, ?)")) {
			statement.setString(1, "tr-prepared");
			statement.setString(2, "value");
			for (int i = 0; i < 48; i++) {
				boolean number = i / 12 % 2 == 0;
				statement.setObject(3, number ? (Object) 0.1 : (Object) true);
				stored.add(stored(only(statement.executeQuery())));
				expected.add(number ? "numeric 0.1" : "boolean true");
			}
		}
		check(stored, expected, "a prepared statement");
	}

	void checkMany() throws SQLException {
		Object[] values = {true, 0.1, "good", jsonb("[1]")};
		try (var statement = connection.prepareStatement("SELECT feedback.log_feedback(?, ?, ?)")) {
			for (Object value : values) {
				statement.setString(1, "tr-batch");
				statement.setString(2, "value");
				statement.setObject(3, value);
				statement.addBatch();
			}
			statement.executeBatch();
		}
		check(logged("tr-batch"), "true 0.1 \"good\" [1]", "executeBatch with values of any types");

		try (var statement = connection.prepareStatement("SELECT feedback.log_feedback(trace_id, name, value)"
				+ " FROM unnest(?, ?, ?::jsonb[]) AS v (trace_id, name, value)")) {
			statement.setObject(1, new String[] {"tr-arrays", "tr-arrays"});
			statement.setObject(2, new String[] {"value", "value"});
			statement.setObject(3, new String[] {"0.1", "\"good\""});
			statement.executeQuery();
		}
		check(logged("tr-arrays"), "0.1 \"good\"", "arrays in one statement");
	}

	Object logged(String traceId) throws SQLException {
		return execute("SELECT string_agg(value::text, ' ' ORDER BY create_time, assessment_id)"
			+ " FROM feedback.feedback WHERE trace_id = ?", traceId);
	}

	void checkCallable() throws SQLException {
		try (var call = connection.prepareCall("{? = call feedback.log_feedback(?, ?, ?)}")) {
			call.registerOutParameter(1, Types.OTHER);
			call.setString(2, "tr-call");
			call.setString(3, "helpful");
			call.setBoolean(4, true);
			call.execute();
			check(stored(call.getObject(1)), "boolean true", "a CallableStatement");
		}
	}

	void checkTransaction() throws SQLException {
		connection.setAutoCommit(false);
		execute("SELECT feedback.log_feedback('tr-transaction', 'kept', true)");
		var savepoint = connection.setSavepoint();
		try {
			execute("SELECT feedback.log_feedback('tr-transaction', 'lost', true)");
			execute("SELECT feedback.log_feedback('tr-transaction', 'refused', NULL)");
		} catch (SQLException error) {
			connection.rollback(savepoint);
		}
		connection.commit();
		connection.setAutoCommit(true);
		check(execute("SELECT string_agg(name, ' ') FROM feedback.feedback WHERE trace_id = 'tr-transaction'"), "kept",
			"a refusal is taken back to a savepoint");
	}

	void checkWarning() throws SQLException {
		try (var statement = connection.prepareStatement("SELECT feedback.log_feedback('tr-1', 'stars', ?)")) {
			statement.setString(1, "5");
			statement.executeQuery();
			SQLWarning warning = statement.getWarnings();
			check(warning.getSQLState() + " " + warning.getMessage(),
				"01000 value was stored as text although it reads as a number", "getWarnings() has the warning");
		}
	}

	public static void main(String[] arguments) throws SQLException {
		String url = System.getenv("JDBC_URL");
		try (var connection = DriverManager.getConnection(url);
				var strict = DriverManager.getConnection(url + "&options=-c%20feedback.untyped_text=error");
				var untyped = DriverManager.getConnection(url + "&stringtype=unspecified")) {
			var test = new Jdbc(connection);
			test.checkValues();
			test.checkRows();
			test.checkOutcomes();
			test.checkRefusals();
			test.checkDocuments();
			test.checkPrepared();
			test.checkMany();
			test.checkCallable();
			test.checkTransaction();
			test.checkWarning();
			test.check(new Jdbc(strict).outcome("SELECT feedback.log_feedback('tr-1', 'stars', ?)",
				statement -> statement.setString(1, "5")), "error 22023 value", "feedback.untyped_text = 'error'");
			test.check(new Jdbc(untyped).outcome("SELECT feedback.log_feedback('tr-1', 'stars', true, metadata => ?)",
				statement -> statement.setString(1, "{}")), "boolean true", "metadata as a string, with stringtype=unspecified");
			System.out.println("1.." + test.count);
		}
	}
}

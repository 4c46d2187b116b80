# Tables of what bench/run measured: a line is setting, name, rows per second and
# microseconds of CPU per row; the nth line of a setting and name is round n.

BEGIN {
	FS = "\t"
	label["insert"] = "plain INSERT"
	label["log_feedback"] = "log_feedback"
	label["set_feedback"] = "set_feedback, a new word"
	label["plpgsql"] = "the same in plpgsql"
	label["log_assessment"] = "log_assessment"
	label["plpgsql_jsonb"] = "the same in plpgsql"
	label["log_assessment_from_jsonb"] = "log_assessment, jsonb"
	label["plpgsql_from_jsonb"] = "the same in plpgsql"
	calls = "insert log_feedback set_feedback plpgsql log_assessment plpgsql_jsonb"
	settings = "on 1,on 4,off 1,off 4"
}

{
	round = ++rounds[$1, $2]
	rate[$1, $2, round] = $3
	elapsed[$1, $2, round] = 1e6 / $3
	cpu[$1, $2, round] = $4
}

END {
	print_calls("Calls per second", rate, "%.0f")
	print_calls("CPU time of the server per call, in microseconds", cpu, "%.1f")
	print_batch()
}

function print_calls(title, metric, format, names, n, s, i, k, m) {
	n = split(calls, names, " ")
	m = split(settings, s, ",")
	print "\n" title ":\n"
	print "| | commit on, 1 client | commit on, 4 clients | commit off, 1 client | commit off, 4 clients |"
	print "|---|---:|---:|---:|---:|"
	for (i = 1; i <= n; i++) {
		printf "| %s |", label[names[i]]
		for (k = 1; k <= m; k++)
			printf " %s |", cell(metric, s[k], names[i], format)
		print ""
	}
}

function print_batch(names, n, i, faster) {
	n = split("insert log_feedback plpgsql log_assessment plpgsql_jsonb log_assessment_from_jsonb plpgsql_from_jsonb", names, " ")
	print "\nMany rows in one statement, in microseconds per row:\n"
	print "| | elapsed | CPU | times faster than plpgsql |"
	print "|---|---:|---:|---:|"
	for (i = 1; i <= n; i++) {
		faster = (names[i] ~ /^log_/) ? ratio(elapsed, "batch", names[i + 1], names[i]) : ""
		printf "| %s | %s | %s | %s |\n", label[names[i]], cell(elapsed, "batch", names[i], "%.1f"),
			cell(cpu, "batch", names[i], "%.1f"), faster
	}
}

# A median and, but for the INSERT itself, its ratio to the INSERT
function cell(metric, setting, name, format, n, i, values) {
	n = rounds[setting, name]
	for (i = 1; i <= n; i++)
		values[i] = metric[setting, name, i]
	sort(values, n)
	return sprintf(format, median(values, n)) (name == "insert" ? "" : " " ratio(metric, setting, name, "insert"))
}

# The median of a ratio within each round, and its range
function ratio(metric, setting, name, base, n, i, values) {
	n = rounds[setting, name]
	for (i = 1; i <= n; i++)
		values[i] = metric[setting, name, i] / metric[setting, base, i]
	sort(values, n)
	return sprintf("×%.2f (%.2f to %.2f)", median(values, n), values[1], values[n])
}

function median(sorted, n) {
	return (sorted[int((n + 1) / 2)] + sorted[int((n + 2) / 2)]) / 2
}

function sort(values, n, i, k, v) {
	for (i = 2; i <= n; i++) {
		v = values[i]
		for (k = i - 1; k >= 1 && values[k] > v; k--)
			values[k + 1] = values[k]
		values[k + 1] = v
	}
}

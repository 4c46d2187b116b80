# Where PostgreSQL is installed already:
#	make && sudo make install
#	make installcheck			tests against the server that PGHOST and PGPORT name
#	make pgtap					more of them, where pgTAP is installed: [TESTS="search votes"]
#
# On Debian, with nothing but git and make (each installs what is missing, see
# test/setup, and uses a server of its own, see test/cluster):
#	make demo					load and log some feedback, and look at it
#	make report					the same as a page of HTML, report.html
#	make test					all tests
#	make bench					what a call costs, against a plain INSERT
#	make bench-ingest			what many documents cost, against COPY and INSERT ... SELECT
#	make bench-label-schemas	what label schemas cost a call
#	make bench-writes			what summaries and search cost those who log
#	make bench-analysis			how long analysts wait, at ten million rows
#	make bench-skew				what traces with very many feedback cost
#	make bench-evaluate			what evaluations cost
#	make bench-mirror			what the mirror of MLflow's table costs
#	make bench-mlflow			MLflow's clients beside ours
#	make faults					kill the server amid batches and trigger loads, 20 times
#	make rollups				take the summaries through crashes, restores and replication
#	make torture				compare them with the rows amid random writes: [SECONDS=600] [SEED=1]
#	make test-mlflow			MLflow's server, clients and UI beside the extension
#	make demo-mlflow			the same to be looked at
#	make test-phoenix			import what Phoenix's server and client write
#	make fuzz					fuzz the parsers outside the server: [SECONDS=60]
#	make fuzz-sql				call every function with random arguments: [CALLS=20000] [SEED=1]
#	make coverage				lines of src/ that the tests reach
#	make indent					format the C files as PostgreSQL's are

EXTENSION = feedback
EXTVERSION := $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" $(EXTENSION).control)

MODULE_big = $(EXTENSION)
OBJS = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c src/*/*.c)))

# The parts of the installation script, in the order in which they run.
SQL_PARTS = \
	sql/parts/header.sql \
	sql/parts/types.sql \
	sql/parts/statistics_types.sql \
	sql/parts/tables.sql \
	sql/parts/walls.sql \
	sql/parts/rollups.sql \
	sql/parts/identifiers.sql \
	sql/parts/log.sql \
	sql/parts/set.sql \
	sql/parts/manage.sql \
	sql/parts/rejected.sql \
	sql/parts/ingest.sql \
	sql/parts/label_schemas.sql \
	sql/parts/otlp.sql \
	sql/parts/pictures.sql \
	sql/parts/statistics.sql \
	sql/parts/agreement.sql \
	sql/parts/views.sql \
	sql/parts/summaries.sql \
	sql/parts/analysis.sql \
	sql/parts/search.sql \
	sql/parts/report.sql \
	sql/parts/mlflow.sql \
	sql/parts/traces.sql \
	sql/parts/phoenix.sql \
	sql/parts/scorers.sql \
	sql/parts/evaluate.sql \
	sql/parts/compare_runs.sql \
	sql/parts/access.sql \
	sql/parts/privileges.sql

SQL = sql/$(EXTENSION)--$(EXTVERSION).sql
DATA_built = $(SQL)
DATA = $(wildcard sql/$(EXTENSION)--*--*.sql)

# Naming the server's headers as system headers keeps the compiler quiet about
# them, and about them alone: every warning stays on for our own code.
PG_CPPFLAGS = -Isrc -isystem $(shell $(PG_CONFIG) --includedir-server) -DFEEDBACK_VERSION='"$(EXTVERSION)"'
PG_CFLAGS = -Wall -Wextra
SHLIB_LINK = -ljson-c

# Every file is a test, so that none can be forgotten.
tests = $(basename $(notdir $(sort $(wildcard $(1)))))
REGRESS := $(call tests,test/sql/*.sql)
REGRESS_OPTS = --inputdir=test --load-extension=$(EXTENSION)
ISOLATION := $(call tests,test/specs/*.spec)
ISOLATION_OPTS = --inputdir=test --outputdir=. --load-extension=$(EXTENSION)

PG_PROVE ?= pg_prove
PGTAP_DATABASE = pgtap_$(EXTENSION)

# Exported for the scripts in test/.
export PG_CONFIG ?= pg_config

# Debian's client package has the file too, without the headers.
ifneq ($(wildcard $(shell $(PG_CONFIG) --includedir-server 2>/dev/null)/postgres.h),)
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

$(OBJS) $(OBJS:.o=.bc): $(wildcard src/*/*.h) $(EXTENSION).control

$(SQL): $(SQL_PARTS) Makefile
	cat $(SQL_PARTS) > $@

.PHONY: pgtap
pgtap:
	PGOPTIONS=--client-min-messages=warning dropdb --if-exists $(PGTAP_DATABASE)
	createdb $(PGTAP_DATABASE)
	psql -Xq -d $(PGTAP_DATABASE) -c 'CREATE EXTENSION pgtap' -c 'CREATE EXTENSION $(EXTENSION)'
	$(PG_PROVE) --dbname $(PGTAP_DATABASE) $(or $(TESTS:%=test/pgtap/%.sql),--ext .sql --recurse test/pgtap)
else
all install installcheck pgtap:
	@echo "$(PG_CONFIG) --includedir-server has no postgres.h: PostgreSQL's server development files are missing" >&2
	@echo "test/setup installs them on Debian; elsewhere make PG_CONFIG=/path/to/pg_config" >&2
	@exit 1
endif

.PHONY: test demo report bench bench-ingest bench-label-schemas bench-writes bench-skew bench-evaluate bench-mirror bench-mlflow bench-analysis coverage faults rollups torture test-mlflow demo-mlflow test-phoenix fuzz fuzz-sql indent
test:
	@test/setup test
	+@test/cluster flock . $(MAKE) -sk -j1 installcheck pgtap

demo:
	@test/setup
	+@test/cluster test/demo

report:
	@test/setup
	+@test/cluster test/report/demo

bench:
	@test/setup
	+@TEMP_CONFIG=bench/postgresql.conf test/cluster bench/run

bench-ingest:
	@test/setup
	+@TEMP_CONFIG=bench/postgresql.conf test/cluster bench/ingest

bench-label-schemas:
	@test/setup
	+@TEMP_CONFIG=bench/postgresql.conf test/cluster bench/label_schemas

bench-writes:
	@test/setup
	+@TEMP_CONFIG=bench/postgresql.conf test/cluster bench/writes

bench-skew:
	@test/setup
	+@TEMP_CONFIG=bench/analysis.conf test/cluster bench/skew

bench-evaluate:
	@test/setup
	+@TEMP_CONFIG=bench/postgresql.conf test/cluster bench/evaluate

bench-mirror:
	@test/setup
	+@TEMP_CONFIG=bench/postgresql.conf test/cluster bench/mirror

bench-mlflow:
	@test/setup
	+@test/cluster bench/mlflow

bench-analysis:
	@test/setup
	+@TEMP_CONFIG=bench/analysis.conf test/cluster bench/analysis

faults:
	@test/setup faults
	+@test/faults/run

rollups:
	+@test/rollups/run

torture: SECONDS = 600
torture:
	+@test/torture/run $(SECONDS) $(SEED)

test-mlflow:
	@test/setup
	+@test/mlflow/run

demo-mlflow:
	@test/setup
	+@test/mlflow/demo

test-phoenix:
	+@test/phoenix/run

fuzz: SECONDS = 60
fuzz:
	+@test/fuzz/run $(SECONDS)

fuzz-sql: CALLS = 20000
fuzz-sql:
	+@test/fuzz_sql/run $(CALLS) $(SEED)

coverage:
	@test/setup test coverage
	+@test/coverage

indent:
	@test/setup indent
	@test/indent

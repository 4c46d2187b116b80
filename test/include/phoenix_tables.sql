-- The tables of Arize Phoenix 20.26 in the schema that :phoenix names, as far as import_phoenix reads them;
-- without its checks, so that a test can break what they hold.
CREATE SCHEMA :phoenix;
CREATE TABLE :phoenix.projects (id serial PRIMARY KEY, name varchar NOT NULL UNIQUE);
CREATE TABLE :phoenix.project_sessions (
    id serial PRIMARY KEY,
    session_id varchar NOT NULL UNIQUE,
    project_id integer NOT NULL REFERENCES :phoenix.projects ON DELETE CASCADE
);
CREATE TABLE :phoenix.traces (
    id serial PRIMARY KEY,
    project_rowid integer NOT NULL REFERENCES :phoenix.projects ON DELETE CASCADE,
    trace_id varchar NOT NULL UNIQUE,
    project_session_rowid integer REFERENCES :phoenix.project_sessions ON DELETE CASCADE
);
CREATE TABLE :phoenix.spans (
    id serial PRIMARY KEY,
    trace_rowid integer NOT NULL REFERENCES :phoenix.traces ON DELETE CASCADE,
    span_id varchar NOT NULL UNIQUE
);
CREATE TABLE :phoenix.users (id serial PRIMARY KEY, username varchar NOT NULL UNIQUE, password_hash bytea);
CREATE TABLE :phoenix.span_annotations (
    id serial PRIMARY KEY,
    span_rowid integer NOT NULL REFERENCES :phoenix.spans ON DELETE CASCADE,
    name varchar NOT NULL,
    label varchar,
    score double precision,
    explanation varchar,
    metadata jsonb NOT NULL DEFAULT '{}',
    annotator_kind varchar NOT NULL DEFAULT 'HUMAN',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    user_id integer REFERENCES :phoenix.users ON DELETE SET NULL,
    identifier varchar NOT NULL DEFAULT '',
    source varchar NOT NULL DEFAULT 'API',
    UNIQUE (name, span_rowid, identifier)
);
CREATE TABLE :phoenix.trace_annotations (
    id serial PRIMARY KEY,
    trace_rowid integer NOT NULL REFERENCES :phoenix.traces ON DELETE CASCADE,
    name varchar NOT NULL,
    label varchar,
    score double precision,
    explanation varchar,
    metadata jsonb NOT NULL DEFAULT '{}',
    annotator_kind varchar NOT NULL DEFAULT 'HUMAN',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    user_id integer REFERENCES :phoenix.users ON DELETE SET NULL,
    identifier varchar NOT NULL DEFAULT '',
    source varchar NOT NULL DEFAULT 'API',
    UNIQUE (name, trace_rowid, identifier)
);
CREATE TABLE :phoenix.project_session_annotations (
    id bigserial PRIMARY KEY,
    project_session_id bigint NOT NULL REFERENCES :phoenix.project_sessions ON DELETE CASCADE,
    name varchar NOT NULL,
    label varchar,
    score double precision,
    explanation varchar,
    metadata jsonb NOT NULL DEFAULT '{}',
    annotator_kind varchar NOT NULL DEFAULT 'HUMAN',
    user_id bigint REFERENCES :phoenix.users ON DELETE SET NULL,
    identifier varchar NOT NULL DEFAULT '',
    source varchar NOT NULL DEFAULT 'API',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (name, project_session_id, identifier)
);

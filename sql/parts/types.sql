CREATE TYPE feedback.assessment_kind AS ENUM ('feedback', 'expectation');
COMMENT ON TYPE feedback.assessment_kind IS
    'feedback: somebody''s judgement of an output; expectation: ground truth';

CREATE TYPE feedback.source_type AS ENUM ('HUMAN', 'LLM_JUDGE', 'CODE', 'SOURCE_TYPE_UNSPECIFIED');
COMMENT ON TYPE feedback.source_type IS
    'who made an assessment: a person, a large language model, a program, or not said';

CREATE TYPE feedback.value_type AS ENUM ('boolean', 'numeric', 'text', 'json');
COMMENT ON TYPE feedback.value_type IS
    'type of the value of an assessment; json is a list, an object or the explicit null';


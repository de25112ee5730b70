-- What was taken in, how it is sent, and what was answered.
CREATE TABLE inputs (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    address TEXT NOT NULL,
    mode TEXT NOT NULL,
    taken_at TEXT NOT NULL,
    finished_at TEXT
);
CREATE INDEX inputs_by_content ON inputs (sha256, address);

CREATE TABLE parcels (
    id INTEGER PRIMARY KEY,
    input INTEGER NOT NULL REFERENCES inputs (id),
    target TEXT NOT NULL,
    media TEXT NOT NULL,
    idempotency_key TEXT NOT NULL UNIQUE,
    body BLOB,                                  -- let go of when its input is finished
    status INTEGER,                             -- NULL until it is answered for good
    answer TEXT CHECK ((answer IS NULL) = (status IS NULL)),
    answered_at TEXT,
    CHECK (body IS NOT NULL OR status IS NOT NULL)
);
CREATE INDEX parcels_by_input ON parcels (input);
CREATE INDEX parcels_pending ON parcels (id) WHERE status IS NULL;

CREATE TABLE receipts (
    id TEXT NOT NULL,
    parcel INTEGER NOT NULL REFERENCES parcels (id),
    kept INTEGER NOT NULL DEFAULT 0,            -- 1: it lies in its folder; 2: the service does not know it
    PRIMARY KEY (id, parcel)
) WITHOUT ROWID;

CREATE TABLE lines (
    parcel INTEGER NOT NULL REFERENCES parcels (id),
    place INTEGER NOT NULL,                     -- in the parcel, from 0
    number INTEGER NOT NULL,                    -- in the input, from 1
    source_system TEXT,
    external_id TEXT,
    raw BLOB NOT NULL,                          -- as it stood in the input; emptied when that is finished
    PRIMARY KEY (parcel, place)
) WITHOUT ROWID;

-- Every record the service has acknowledged, by its name, with the service's own id.
CREATE VIEW delivered AS
SELECT
    lines.source_system,
    lines.external_id,
    json_extract(said.value, '$.result') AS result,
    json_extract(said.value, '$.activity') AS activity,
    parcels.answered_at
FROM parcels, json_each(parcels.answer, '$.results') AS said
JOIN lines ON lines.parcel = parcels.id AND lines.place = json_extract(said.value, '$.index')
WHERE parcels.status = 200 AND json_extract(said.value, '$.result') <> 'refused';

PRAGMA user_version = 1;

-- The peer without rules: tables that soul serves, with counters kept by a trigger, and views for the jobs.
CREATE TABLE agencies (id INTEGER PRIMARY KEY, code TEXT, name_vi TEXT, name_en TEXT);
CREATE TABLE assignments (
  id INTEGER PRIMARY KEY, task_id INTEGER, agency_id INTEGER, role TEXT, owed INTEGER,
  evidenced INTEGER NOT NULL DEFAULT 0, recorded INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX assignments_task ON assignments (task_id);
CREATE INDEX assignments_agency ON assignments (agency_id);
CREATE TABLE tasks (
  id INTEGER PRIMARY KEY, code TEXT, order_key TEXT, section TEXT, section_title_vi TEXT, section_title_en TEXT,
  family TEXT, kind TEXT, title_vi TEXT, title_en TEXT, lines TEXT, line INTEGER, visibility TEXT, status TEXT,
  weight INTEGER, target INTEGER, due_on TEXT, due_source TEXT, note_vi TEXT, note_en TEXT,
  owed INTEGER NOT NULL DEFAULT 0, evidenced INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'not_started'
);
CREATE TABLE activities (
  id INTEGER PRIMARY KEY, assignment_id INTEGER NOT NULL REFERENCES assignments, occurred_on TEXT NOT NULL,
  kind TEXT NOT NULL, title TEXT NOT NULL, source_system TEXT NOT NULL, external_id TEXT NOT NULL,
  UNIQUE (assignment_id, source_system, external_id)
);
CREATE TRIGGER counted AFTER INSERT ON activities BEGIN
  UPDATE assignments SET recorded = recorded + 1, evidenced = min(owed, evidenced + 1) WHERE id = new.assignment_id;
  UPDATE tasks SET evidenced = (SELECT sum(evidenced) FROM assignments WHERE task_id = tasks.id),
    state = CASE WHEN (SELECT sum(evidenced) FROM assignments WHERE task_id = tasks.id) >= owed
      THEN 'done' ELSE 'in_progress' END
  WHERE id = (SELECT task_id FROM assignments WHERE id = new.assignment_id);
END;
CREATE VIEW roll_up AS SELECT g.code, g.name_vi, g.name_en, sum(a.owed) AS denominator,
  sum(a.evidenced) AS numerator, sum(a.evidenced) * 100 / sum(a.owed) AS percent
FROM agencies g JOIN assignments a ON a.agency_id = g.id GROUP BY g.id ORDER BY g.code;
CREATE VIEW overview AS SELECT t.section, t.section_title_vi, t.section_title_en, count(*) AS tasks,
  sum(t.owed) AS denominator, sum(t.evidenced) AS numerator FROM tasks t GROUP BY t.section ORDER BY t.section;

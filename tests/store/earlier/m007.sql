-- A database as commit 03c98d3 wrote it: three mornings, votes, rules, a pause, and a digest cut off after its header.
BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'paperlark','m001_first_tables','2026-11-27 19:43:15.604616+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'paperlark','m002_channels','2026-11-27 19:43:15.604999+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'paperlark','m003_llm','2026-11-27 19:43:15.609704+00:00');
INSERT INTO "_sqlite_migrations" VALUES(4,'paperlark','m004_asking','2026-11-27 19:43:15.670640+00:00');
INSERT INTO "_sqlite_migrations" VALUES(5,'paperlark','m005_library','2026-11-27 19:43:15.671212+00:00');
INSERT INTO "_sqlite_migrations" VALUES(6,'paperlark','m006_privacy','2026-11-27 19:43:15.671712+00:00');
INSERT INTO "_sqlite_migrations" VALUES(7,'paperlark','m007_operation','2026-11-27 19:43:15.672188+00:00');
CREATE TABLE alarms (
    name TEXT PRIMARY KEY,
    since TEXT NOT NULL,
    text TEXT NOT NULL,
    told_at TEXT                        -- NULL until somebody was told
) WITHOUT ROWID;
CREATE TABLE backgrounds (
    embedder TEXT PRIMARY KEY,
    upto TEXT NOT NULL,
    blob BLOB NOT NULL
);
INSERT INTO "backgrounds" VALUES('fake-embedder','2025-05-07',X'504C424731789C73656060A856CA8B2F482C482D2A56B25230D151502A2D28C90732958C0C8C4C750D80C85C09289A175F925A940B526306E4E5A626E6C5275596A482054C6A79EF48D94D7AEA62AB7063F95E651FC5BD4EF3EFD89C5161B77D55E2B2A7E2FC355B012F57DB00C327D68E5E427B94834C6C65A28EEC5D51B56FDFEB7FAAFB1CBE98EC65013A041BCE4D2C015ACB05A1145079C525A529955C85A58979259955A9295C103E9854808B020078FB4A1B');
CREATE TABLE candidates (
    channel TEXT NOT NULL,
    arxiv_id TEXT NOT NULL,
    digest INTEGER NOT NULL,
    relevance INTEGER NOT NULL,
    utility REAL NOT NULL,
    fate TEXT NOT NULL,
    PRIMARY KEY (channel, arxiv_id)
) WITHOUT ROWID;
INSERT INTO "candidates" VALUES('terminal','2505.06001',1,7,7.0,'shown');
INSERT INTO "candidates" VALUES('terminal','2505.06002',1,7,7.0,'shown');
INSERT INTO "candidates" VALUES('terminal','2505.07001',2,7,-5.0760758058390807821e-15,'shown');
INSERT INTO "candidates" VALUES('terminal','2505.07002',2,7,-5.0760758058390807821e-15,'shown');
INSERT INTO "candidates" VALUES('terminal','2505.08001',3,7,1.03971991962308963133e-15,'shown');
INSERT INTO "candidates" VALUES('terminal','2505.08002',3,7,1.03971991962308963133e-15,'shown');
INSERT INTO "candidates" VALUES('terminal','2505.09001',4,8,1.5,'shown');
INSERT INTO "candidates" VALUES('terminal','2505.09002',4,8,1.5,'shown');
CREATE TABLE channels (
    key TEXT PRIMARY KEY,
    platform TEXT NOT NULL,
    place TEXT NOT NULL,
    state TEXT NOT NULL,
    timezone TEXT NOT NULL,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    UNIQUE (platform, place)
);
CREATE TABLE copies (                   -- a copy says so itself: whoever puts it back may do that by hand
    number INTEGER PRIMARY KEY,
    made_at TEXT NOT NULL
);
CREATE TABLE copies_caught_up (
    copy INTEGER NOT NULL,              -- copies.number
    channel TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (copy, channel)
) WITHOUT ROWID
;
CREATE TABLE digest_days (
    channel TEXT NOT NULL,
    day TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (channel, day, number)
) WITHOUT ROWID;
INSERT INTO "digest_days" VALUES('terminal','2025-05-06',1);
INSERT INTO "digest_days" VALUES('terminal','2025-05-07',2);
INSERT INTO "digest_days" VALUES('terminal','2025-05-08',3);
INSERT INTO "digest_days" VALUES('terminal','2025-05-09',4);
CREATE TABLE digests (
    channel TEXT NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    occasion TEXT NOT NULL,             -- what called for it; nothing calls twice
    planned_at TEXT NOT NULL,
    completed_at TEXT,
    first_day TEXT,
    last_day TEXT,
    record TEXT NOT NULL,               -- JSON: days, totals, remarks, cost, what it was selected by
    PRIMARY KEY (channel, number)
);
INSERT INTO "digests" VALUES('terminal',1,'morning','morning 2025-05-06T09:00Z','2025-05-06T09:00:00.000000+00:00','2025-05-06T09:00:00.000000+00:00','2025-05-06','2025-05-06','{"channel":"terminal","number":1,"kind":"morning","occasion":"morning 2025-05-06T09:00Z","days":["2025-05-06"],"totals":{"announced":2,"scanned":2,"relevant":2},"planned_at":"2025-05-06T09:00:00Z","completed_at":null,"scored_by":"local scorer","selected_by":"1. Quantization\n2. Sparsity\n","shown":2,"remarks":[],"cost":null,"remedial_on":null}');
INSERT INTO "digests" VALUES('terminal',2,'morning','morning 2025-05-07T09:00Z','2025-05-07T09:00:00.000000+00:00','2025-05-07T09:00:00.000000+00:00','2025-05-07','2025-05-07','{"channel":"terminal","number":2,"kind":"morning","occasion":"morning 2025-05-07T09:00Z","days":["2025-05-07"],"totals":{"announced":2,"scanned":2,"relevant":2},"planned_at":"2025-05-07T09:00:00Z","completed_at":null,"scored_by":"local scorer","selected_by":"1. Quantization\n2. Sparsity\n","shown":2,"remarks":[],"cost":null,"remedial_on":null}');
INSERT INTO "digests" VALUES('terminal',3,'morning','morning 2025-05-08T09:00Z','2025-05-08T09:00:00.000000+00:00','2025-05-08T09:00:00.000000+00:00','2025-05-08','2025-05-08','{"channel":"terminal","number":3,"kind":"morning","occasion":"morning 2025-05-08T09:00Z","days":["2025-05-08"],"totals":{"announced":2,"scanned":2,"relevant":2},"planned_at":"2025-05-08T09:00:00Z","completed_at":null,"scored_by":"local scorer","selected_by":"1. Quantization\n2. Sparsity\n","shown":2,"remarks":[],"cost":null,"remedial_on":null}');
INSERT INTO "digests" VALUES('terminal',4,'morning','morning 2025-05-09','2025-05-08T12:00:00.000000+00:00',NULL,'2025-05-09','2025-05-09','{"channel":"terminal","number":4,"kind":"morning","occasion":"morning 2025-05-09","days":["2025-05-09"],"totals":{"announced":2,"scanned":2,"relevant":2},"planned_at":"2025-05-08T12:00:00Z","completed_at":null,"scored_by":"local scorer","selected_by":"1. Quantization","shown":2,"remarks":["a remark"],"cost":null,"remedial_on":null}');
CREATE TABLE feedback_events (
    id INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,
    platform TEXT NOT NULL,
    place TEXT NOT NULL,
    message TEXT NOT NULL,
    channel TEXT,                       -- NULL while the message is unknown
    arxiv_id TEXT,
    digest INTEGER,
    person TEXT NOT NULL,
    emoji TEXT NOT NULL,
    added INTEGER NOT NULL,
    at TEXT NOT NULL,
    ord REAL NOT NULL,                  -- the platform's own clock
    source TEXT NOT NULL,
    received_at TEXT NOT NULL
);
INSERT INTO "feedback_events" VALUES(1,'e00ada','console','terminal','2','terminal','2505.06001',1,'ada','👍',1,'2025-05-06T09:00:00.000000+00:00',1746522000.0,'reaction','2025-05-06T09:00:00.000000+00:00');
INSERT INTO "feedback_events" VALUES(2,'e00bob','console','terminal','2','terminal','2505.06001',1,'bob','🔖',1,'2025-05-06T09:00:00.000000+00:00',1746522000.0,'reaction','2025-05-06T09:00:00.000000+00:00');
INSERT INTO "feedback_events" VALUES(3,'e01ada','console','terminal','3','terminal','2505.06002',1,'ada','👍',1,'2025-05-06T09:00:00.000000+00:00',1746522000.0,'reaction','2025-05-06T09:00:00.000000+00:00');
INSERT INTO "feedback_events" VALUES(4,'e01bob','console','terminal','3','terminal','2505.06002',1,'bob','👎',1,'2025-05-06T09:00:00.000000+00:00',1746522000.0,'reaction','2025-05-06T09:00:00.000000+00:00');
INSERT INTO "feedback_events" VALUES(5,'e10ada','console','terminal','5','terminal','2505.07001',2,'ada','👍',1,'2025-05-07T09:00:00.000000+00:00',1746608400.0,'reaction','2025-05-07T09:00:00.000000+00:00');
INSERT INTO "feedback_events" VALUES(6,'e10bob','console','terminal','5','terminal','2505.07001',2,'bob','🔖',1,'2025-05-07T09:00:00.000000+00:00',1746608400.0,'reaction','2025-05-07T09:00:00.000000+00:00');
INSERT INTO "feedback_events" VALUES(7,'e11ada','console','terminal','6','terminal','2505.07002',2,'ada','👍',1,'2025-05-07T09:00:00.000000+00:00',1746608400.0,'reaction','2025-05-07T09:00:00.000000+00:00');
INSERT INTO "feedback_events" VALUES(8,'e11bob','console','terminal','6','terminal','2505.07002',2,'bob','👎',1,'2025-05-07T09:00:00.000000+00:00',1746608400.0,'reaction','2025-05-07T09:00:00.000000+00:00');
INSERT INTO "feedback_events" VALUES(9,'e20ada','console','terminal','8','terminal','2505.08001',3,'ada','👍',1,'2025-05-08T09:00:00.000000+00:00',1746694800.0,'reaction','2025-05-08T09:00:00.000000+00:00');
INSERT INTO "feedback_events" VALUES(10,'e20bob','console','terminal','8','terminal','2505.08001',3,'bob','🔖',1,'2025-05-08T09:00:00.000000+00:00',1746694800.0,'reaction','2025-05-08T09:00:00.000000+00:00');
INSERT INTO "feedback_events" VALUES(11,'e21ada','console','terminal','9','terminal','2505.08002',3,'ada','👍',1,'2025-05-08T09:00:00.000000+00:00',1746694800.0,'reaction','2025-05-08T09:00:00.000000+00:00');
INSERT INTO "feedback_events" VALUES(12,'e21bob','console','terminal','9','terminal','2505.08002',3,'bob','👎',1,'2025-05-08T09:00:00.000000+00:00',1746694800.0,'reaction','2025-05-08T09:00:00.000000+00:00');
INSERT INTO "feedback_events" VALUES(13,'taken-back','console','terminal','2','terminal','2505.06001',1,'ada','👍',0,'2025-05-08T09:00:00.000000+00:00',1746694800.0,'reaction','2025-05-08T09:00:00.000000+00:00');
CREATE TABLE import_papers (
    import INTEGER NOT NULL,            -- imports.id
    arxiv_id TEXT NOT NULL,
    place INTEGER NOT NULL,
    facts TEXT NOT NULL,                -- JSON of what the list says about the paper
    PRIMARY KEY (import, arxiv_id)
) WITHOUT ROWID;
CREATE TABLE imports (
    id INTEGER PRIMARY KEY,
    channel TEXT NOT NULL,
    origin TEXT NOT NULL,               -- the list's name as readers see it
    format TEXT NOT NULL,
    use TEXT NOT NULL,                  -- liked or posted
    weight REAL NOT NULL,               -- of each paper beside a reader's like
    imported_at TEXT NOT NULL,
    content TEXT NOT NULL,              -- hash of all it says, so that the same list again changes nothing
    topics_text TEXT NOT NULL,          -- its sections, or a digest's prompt, as topics
    UNIQUE (channel, origin)
);
CREATE TABLE impressions (
    channel TEXT NOT NULL,
    digest INTEGER NOT NULL,
    arxiv_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    in_thread INTEGER NOT NULL,
    utility REAL NOT NULL,
    propensity REAL NOT NULL,
    exploration INTEGER NOT NULL,
    contributions TEXT NOT NULL,        -- JSON
    score TEXT NOT NULL,                -- JSON
    shown_at TEXT,                      -- NULL until its message is sent
    PRIMARY KEY (channel, digest, arxiv_id)
);
INSERT INTO "impressions" VALUES('terminal',1,'2505.06001',1,0,7.0,1.0,0,'[{"kind":"topic","label":"topics","value":7.0,"arxiv_id":null}]','{"arxiv_id":"2505.06001","version":1,"relevance":7,"novelty":5,"comment":"a comment","topics":[],"scorer":"local","model":"fake","closeness":7.0,"fallback":false}','2025-05-06T09:00:00.000000+00:00');
INSERT INTO "impressions" VALUES('terminal',1,'2505.06002',2,0,7.0,1.0,0,'[{"kind":"topic","label":"topics","value":7.0,"arxiv_id":null}]','{"arxiv_id":"2505.06002","version":1,"relevance":7,"novelty":5,"comment":"a comment","topics":[],"scorer":"local","model":"fake","closeness":7.0,"fallback":false}','2025-05-06T09:00:00.000000+00:00');
INSERT INTO "impressions" VALUES('terminal',2,'2505.07001',1,0,-5.0760758058390807821e-15,1.0,0,'[{"kind":"topic","label":"topics","value":6.883333333333334,"arxiv_id":null},{"kind":"liked","label":"2505.06001","value":1.6170929824577258,"arxiv_id":"2505.06001"},{"kind":"author","label":"authors","value":-2.6963449581099155e-7,"arxiv_id":null},{"kind":"rest","label":"everything else learned","value":-1.617092712823235,"arxiv_id":null},{"kind":"rest","label":"the day''s average","value":-6.883333333333334,"arxiv_id":null}]','{"arxiv_id":"2505.07001","version":1,"relevance":7,"novelty":5,"comment":"a comment","topics":[],"scorer":"local","model":"fake","closeness":7.0,"fallback":false}','2025-05-07T09:00:00.000000+00:00');
INSERT INTO "impressions" VALUES('terminal',2,'2505.07002',2,0,-5.0760758058390807821e-15,1.0,0,'[{"kind":"topic","label":"topics","value":6.883333333333334,"arxiv_id":null},{"kind":"liked","label":"2505.06001","value":1.6170929824577258,"arxiv_id":"2505.06001"},{"kind":"author","label":"authors","value":-2.6963449581099155e-7,"arxiv_id":null},{"kind":"rest","label":"everything else learned","value":-1.617092712823235,"arxiv_id":null},{"kind":"rest","label":"the day''s average","value":-6.883333333333334,"arxiv_id":null}]','{"arxiv_id":"2505.07002","version":1,"relevance":7,"novelty":5,"comment":"a comment","topics":[],"scorer":"local","model":"fake","closeness":7.0,"fallback":false}','2025-05-07T09:00:00.000000+00:00');
INSERT INTO "impressions" VALUES('terminal',3,'2505.08001',1,0,1.03971991962308963133e-15,1.0,0,'[{"kind":"topic","label":"topics","value":6.050000000000001,"arxiv_id":null},{"kind":"liked","label":"2505.06001","value":2.344283867216576,"arxiv_id":"2505.06001"},{"kind":"liked","label":"2505.07001","value":2.344283867216576,"arxiv_id":"2505.07001"},{"kind":"author","label":"authors","value":-3.628543259898182e-7,"arxiv_id":null},{"kind":"rest","label":"everything else learned","value":-4.6885673715788245,"arxiv_id":null},{"kind":"rest","label":"the day''s average","value":-6.050000000000001,"arxiv_id":null}]','{"arxiv_id":"2505.08001","version":1,"relevance":7,"novelty":5,"comment":"a comment","topics":[],"scorer":"local","model":"fake","closeness":7.0,"fallback":false}','2025-05-08T09:00:00.000000+00:00');
INSERT INTO "impressions" VALUES('terminal',3,'2505.08002',2,0,1.03971991962308963133e-15,1.0,0,'[{"kind":"topic","label":"topics","value":6.050000000000001,"arxiv_id":null},{"kind":"liked","label":"2505.06001","value":2.344283867216576,"arxiv_id":"2505.06001"},{"kind":"liked","label":"2505.07001","value":2.344283867216576,"arxiv_id":"2505.07001"},{"kind":"author","label":"authors","value":-3.628543259898182e-7,"arxiv_id":null},{"kind":"rest","label":"everything else learned","value":-4.6885673715788245,"arxiv_id":null},{"kind":"rest","label":"the day''s average","value":-6.050000000000001,"arxiv_id":null}]','{"arxiv_id":"2505.08002","version":1,"relevance":7,"novelty":5,"comment":"a comment","topics":[],"scorer":"local","model":"fake","closeness":7.0,"fallback":false}','2025-05-08T09:00:00.000000+00:00');
INSERT INTO "impressions" VALUES('terminal',4,'2505.09001',1,0,1.5,1.0,0,'[{"kind":"topic","label":"topic 1","value":1.5,"arxiv_id":null}]','{"arxiv_id":"2505.09001","version":1,"relevance":8,"novelty":5,"comment":"a comment","topics":[1],"scorer":"local","model":"","closeness":1.5,"fallback":false}',NULL);
INSERT INTO "impressions" VALUES('terminal',4,'2505.09002',2,0,1.5,1.0,0,'[{"kind":"topic","label":"topic 1","value":1.5,"arxiv_id":null}]','{"arxiv_id":"2505.09002","version":1,"relevance":8,"novelty":5,"comment":"a comment","topics":[1],"scorer":"local","model":"","closeness":1.5,"fallback":false}',NULL);
CREATE TABLE listing_entries (
    day TEXT NOT NULL,
    category TEXT NOT NULL,
    arxiv_id TEXT NOT NULL,
    announce_type TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (day, category, arxiv_id)
) WITHOUT ROWID;
INSERT INTO "listing_entries" VALUES('2025-05-06','cs.CL','2505.06001','new','2025-05-06T09:00:00.000000+00:00');
INSERT INTO "listing_entries" VALUES('2025-05-06','cs.CL','2505.06002','new','2025-05-06T09:00:00.000000+00:00');
INSERT INTO "listing_entries" VALUES('2025-05-07','cs.CL','2505.07001','new','2025-05-07T09:00:00.000000+00:00');
INSERT INTO "listing_entries" VALUES('2025-05-07','cs.CL','2505.07002','new','2025-05-07T09:00:00.000000+00:00');
INSERT INTO "listing_entries" VALUES('2025-05-08','cs.CL','2505.08001','new','2025-05-08T09:00:00.000000+00:00');
INSERT INTO "listing_entries" VALUES('2025-05-08','cs.CL','2505.08002','new','2025-05-08T09:00:00.000000+00:00');
CREATE TABLE listings (
    source TEXT NOT NULL,
    category TEXT NOT NULL,
    day TEXT NOT NULL,
    state TEXT NOT NULL,
    announced INTEGER NOT NULL,
    checked_at TEXT NOT NULL,
    witness TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (source, category, day)
) WITHOUT ROWID;
INSERT INTO "listings" VALUES('fake','cs.CL','2025-05-06','complete',2,'2025-05-06T09:00:00.000000+00:00','fake','');
INSERT INTO "listings" VALUES('fake','cs.CL','2025-05-07','complete',2,'2025-05-07T09:00:00.000000+00:00','fake','');
INSERT INTO "listings" VALUES('fake','cs.CL','2025-05-08','complete',2,'2025-05-08T09:00:00.000000+00:00','fake','');
CREATE TABLE live_searches (
    question TEXT PRIMARY KEY,
    asked_at TEXT NOT NULL,
    arxiv_ids TEXT NOT NULL             -- JSON array, best first
) WITHOUT ROWID;
CREATE TABLE llm_calls (
    number INTEGER PRIMARY KEY,
    day TEXT NOT NULL,                  -- UTC
    started_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    state TEXT NOT NULL,                -- reserved, settled, abandoned
    purpose TEXT NOT NULL,
    channel TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    model TEXT NOT NULL,
    dialect TEXT NOT NULL,
    papers TEXT NOT NULL,               -- JSON: arxiv_id to version, in the order sent
    prompt_hash TEXT NOT NULL,
    message_hash TEXT NOT NULL,
    nonce TEXT NOT NULL,
    asked_for INTEGER NOT NULL,
    most_tokens INTEGER NOT NULL,
    most_usd REAL,
    outcome TEXT NOT NULL DEFAULT '',
    latency_s REAL,
    answered INTEGER NOT NULL DEFAULT 0,
    prompt_tokens INTEGER NOT NULL DEFAULT 0,
    cached_tokens INTEGER NOT NULL DEFAULT 0,
    completion_tokens INTEGER NOT NULL DEFAULT 0,
    reasoning_tokens INTEGER NOT NULL DEFAULT 0,
    prompt_usd REAL,                    -- NULL is unknown
    completion_usd REAL,
    charged_tokens INTEGER NOT NULL DEFAULT 0,
    charged_usd REAL,
    note TEXT NOT NULL DEFAULT ''
);
CREATE TABLE llm_prompts (
    hash TEXT PRIMARY KEY,
    text TEXT NOT NULL
);
CREATE TABLE morning_reports (
    channel TEXT NOT NULL,
    due TEXT NOT NULL,
    trouble TEXT NOT NULL,              -- '' is a good morning
    judged_at TEXT NOT NULL,
    PRIMARY KEY (channel, due)
) WITHOUT ROWID;
CREATE TABLE opt_outs (
    mark TEXT PRIMARY KEY,              -- keyed hash of the person's id
    at TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "opt_outs" VALUES('4acf229f1bb094404e2de9334e4f571fbbdcc432baf0b76be95bbb4bfde5d752','2025-05-08T09:00:00.000000+00:00');
CREATE TABLE paper_categories (
    category TEXT NOT NULL,
    paper INTEGER NOT NULL,             -- papers.id
    PRIMARY KEY (category, paper)
) WITHOUT ROWID;
INSERT INTO "paper_categories" VALUES('cs.CL',1);
INSERT INTO "paper_categories" VALUES('cs.CL',2);
INSERT INTO "paper_categories" VALUES('cs.CL',3);
INSERT INTO "paper_categories" VALUES('cs.CL',4);
INSERT INTO "paper_categories" VALUES('cs.CL',5);
INSERT INTO "paper_categories" VALUES('cs.CL',6);
INSERT INTO "paper_categories" VALUES('cs.CL',7);
INSERT INTO "paper_categories" VALUES('cs.CL',8);
CREATE TABLE papers (
    id INTEGER PRIMARY KEY,
    arxiv_id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    title TEXT NOT NULL,
    abstract TEXT NOT NULL,
    authors TEXT NOT NULL,              -- JSON array
    primary_category TEXT NOT NULL,
    categories TEXT NOT NULL,           -- JSON array
    published_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    comment TEXT,
    withdrawn INTEGER NOT NULL DEFAULT 0,
    listing_day TEXT,
    first_seen_at TEXT NOT NULL
);
INSERT INTO "papers" VALUES(1,'2505.06001',1,'On the matter of 2505.06001','We study 2505.06001 and find it quantized.','["Ada Lovelace", "Pietro Liò"]','cs.CL','["cs.CL"]','2025-05-06T18:00:00.000000+00:00','2025-05-06T18:00:00.000000+00:00',NULL,0,'2025-05-06','2025-05-06T09:00:00.000000+00:00');
INSERT INTO "papers" VALUES(2,'2505.06002',1,'On the matter of 2505.06002','We study 2505.06002 and find it quantized.','["Ada Lovelace", "Pietro Liò"]','cs.CL','["cs.CL"]','2025-05-06T18:00:00.000000+00:00','2025-05-06T18:00:00.000000+00:00',NULL,0,'2025-05-06','2025-05-06T09:00:00.000000+00:00');
INSERT INTO "papers" VALUES(3,'2505.07001',1,'On the matter of 2505.07001','We study 2505.07001 and find it quantized.','["Ada Lovelace", "Pietro Liò"]','cs.CL','["cs.CL"]','2025-05-06T18:00:00.000000+00:00','2025-05-06T18:00:00.000000+00:00',NULL,0,'2025-05-07','2025-05-07T09:00:00.000000+00:00');
INSERT INTO "papers" VALUES(4,'2505.07002',1,'On the matter of 2505.07002','We study 2505.07002 and find it quantized.','["Ada Lovelace", "Pietro Liò"]','cs.CL','["cs.CL"]','2025-05-06T18:00:00.000000+00:00','2025-05-06T18:00:00.000000+00:00',NULL,0,'2025-05-07','2025-05-07T09:00:00.000000+00:00');
INSERT INTO "papers" VALUES(5,'2505.08001',1,'On the matter of 2505.08001','We study 2505.08001 and find it quantized.','["Ada Lovelace", "Pietro Liò"]','cs.CL','["cs.CL"]','2025-05-06T18:00:00.000000+00:00','2025-05-06T18:00:00.000000+00:00',NULL,0,'2025-05-08','2025-05-08T09:00:00.000000+00:00');
INSERT INTO "papers" VALUES(6,'2505.08002',1,'On the matter of 2505.08002','We study 2505.08002 and find it quantized.','["Ada Lovelace", "Pietro Liò"]','cs.CL','["cs.CL"]','2025-05-06T18:00:00.000000+00:00','2025-05-06T18:00:00.000000+00:00',NULL,0,'2025-05-08','2025-05-08T09:00:00.000000+00:00');
INSERT INTO "papers" VALUES(7,'2505.09001',1,'On the matter of 2505.09001','We study 2505.09001 and find it quantized.','["Ada Lovelace", "Pietro Liò"]','cs.CL','["cs.CL"]','2025-05-06T18:00:00.000000+00:00','2025-05-06T18:00:00.000000+00:00',NULL,0,NULL,'2025-05-08T09:00:00.000000+00:00');
INSERT INTO "papers" VALUES(8,'2505.09002',1,'On the matter of 2505.09002','We study 2505.09002 and find it quantized.','["Ada Lovelace", "Pietro Liò"]','cs.CL','["cs.CL"]','2025-05-06T18:00:00.000000+00:00','2025-05-06T18:00:00.000000+00:00',NULL,0,NULL,'2025-05-08T09:00:00.000000+00:00');
CREATE TABLE 'papers_fts_config'(k PRIMARY KEY, v) WITHOUT ROWID;
INSERT INTO "papers_fts_config" VALUES('version',4);
CREATE TABLE 'papers_fts_data'(id INTEGER PRIMARY KEY, block BLOB);
INSERT INTO "papers_fts_data" VALUES(1,X'08304020');
INSERT INTO "papers_fts_data" VALUES(10,X'000000000108080008010101020101030101040101050101060101070101080101');
INSERT INTO "papers_fts_data" VALUES(137438953473,X'000000AB063030363030310108070101050104323530350108060101040103616461010601020202026E640106010106010466696E64010601010701026974010601010801036C696F010601020502066F76656C6163010601020301066D617474657201020401026F6601020502016E010202010670696574726F010601020401077175616E74697A01060101090105737475646901060101030103746865010203010277650106010102040D0C0A090B090A0D0B07060D0E0C08');
INSERT INTO "papers_fts_data" VALUES(274877906945,X'000000AB063030363030320208070101050104323530350208060101040103616461020601020202026E640206010106010466696E64020601010701026974020601010801036C696F020601020502066F76656C6163020601020301066D617474657202020401026F6602020502016E020202010670696574726F020601020401077175616E74697A02060101090105737475646902060101030103746865020203010277650206010102040D0C0A090B090A0D0B07060D0E0C08');
INSERT INTO "papers_fts_data" VALUES(412316860417,X'000000AB063030373030310308070101050104323530350308060101040103616461030601020202026E640306010106010466696E64030601010701026974030601010801036C696F030601020502066F76656C6163030601020301066D617474657203020401026F6603020502016E030202010670696574726F030601020401077175616E74697A03060101090105737475646903060101030103746865030203010277650306010102040D0C0A090B090A0D0B07060D0E0C08');
INSERT INTO "papers_fts_data" VALUES(549755813889,X'000000AB063030373030320408070101050104323530350408060101040103616461040601020202026E640406010106010466696E64040601010701026974040601010801036C696F040601020502066F76656C6163040601020301066D617474657204020401026F6604020502016E040202010670696574726F040601020401077175616E74697A04060101090105737475646904060101030103746865040203010277650406010102040D0C0A090B090A0D0B07060D0E0C08');
INSERT INTO "papers_fts_data" VALUES(687194767361,X'000000AB063030383030310508070101050104323530350508060101040103616461050601020202026E640506010106010466696E64050601010701026974050601010801036C696F050601020502066F76656C6163050601020301066D617474657205020401026F6605020502016E050202010670696574726F050601020401077175616E74697A05060101090105737475646905060101030103746865050203010277650506010102040D0C0A090B090A0D0B07060D0E0C08');
INSERT INTO "papers_fts_data" VALUES(824633720833,X'000000AB063030383030320608070101050104323530350608060101040103616461060601020202026E640606010106010466696E64060601010701026974060601010801036C696F060601020502066F76656C6163060601020301066D617474657206020401026F6606020502016E060202010670696574726F060601020401077175616E74697A06060101090105737475646906060101030103746865060203010277650606010102040D0C0A090B090A0D0B07060D0E0C08');
INSERT INTO "papers_fts_data" VALUES(962072674305,X'000000AB063030393030310708070101050104323530350708060101040103616461070601020202026E640706010106010466696E64070601010701026974070601010801036C696F070601020502066F76656C6163070601020301066D617474657207020401026F6607020502016E070202010670696574726F070601020401077175616E74697A07060101090105737475646907060101030103746865070203010277650706010102040D0C0A090B090A0D0B07060D0E0C08');
INSERT INTO "papers_fts_data" VALUES(1099511627777,X'000000AB063030393030320808070101050104323530350808060101040103616461080601020202026E640806010106010466696E64080601010701026974080601010801036C696F080601020502066F76656C6163080601020301066D617474657208020401026F6608020502016E080202010670696574726F080601020401077175616E74697A08060101090105737475646908060101030103746865080203010277650806010102040D0C0A090B090A0D0B07060D0E0C08');
CREATE TABLE 'papers_fts_docsize'(id INTEGER PRIMARY KEY, sz BLOB);
INSERT INTO "papers_fts_docsize" VALUES(1,X'060804');
INSERT INTO "papers_fts_docsize" VALUES(2,X'060804');
INSERT INTO "papers_fts_docsize" VALUES(3,X'060804');
INSERT INTO "papers_fts_docsize" VALUES(4,X'060804');
INSERT INTO "papers_fts_docsize" VALUES(5,X'060804');
INSERT INTO "papers_fts_docsize" VALUES(6,X'060804');
INSERT INTO "papers_fts_docsize" VALUES(7,X'060804');
INSERT INTO "papers_fts_docsize" VALUES(8,X'060804');
CREATE TABLE 'papers_fts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
INSERT INTO "papers_fts_idx" VALUES(1,X'',2);
INSERT INTO "papers_fts_idx" VALUES(2,X'',2);
INSERT INTO "papers_fts_idx" VALUES(3,X'',2);
INSERT INTO "papers_fts_idx" VALUES(4,X'',2);
INSERT INTO "papers_fts_idx" VALUES(5,X'',2);
INSERT INTO "papers_fts_idx" VALUES(6,X'',2);
INSERT INTO "papers_fts_idx" VALUES(7,X'',2);
INSERT INTO "papers_fts_idx" VALUES(8,X'',2);
CREATE TABLE pauses (
    channel TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    until TEXT,                         -- the first day with a morning again
    person TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "pauses" VALUES('terminal','2025-05-08T09:00:00.000000+00:00','2025-05-20','ada');
CREATE TABLE posts (
    channel TEXT NOT NULL,
    digest INTEGER NOT NULL,
    role TEXT NOT NULL,
    subject TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    state TEXT NOT NULL,
    platform TEXT NOT NULL,
    place TEXT NOT NULL,
    in_thread INTEGER NOT NULL,
    post TEXT NOT NULL,                 -- JSON, as rendered when it was planned
    attempts INTEGER NOT NULL DEFAULT 0,
    attempted_at TEXT,
    sent_at TEXT,
    message TEXT,
    thread TEXT,
    note TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (channel, digest, role, subject)
);
INSERT INTO "posts" VALUES('terminal',1,'header','',0,'sent','console','terminal',0,'{"role":"header","text":"🐦 Papers of Tue 6 May 2025: 2 of 2 relevant · 2 announced, 2 scanned · scored locally","title":"🐦 Papers of Tue 6 May 2025: 2 of 2 relevant","lines":["2 announced, 2 scanned · scored locally"],"card":null,"votable":false}',1,'2025-05-06T09:00:00.000000+00:00','2025-05-06T09:00:00.000000+00:00','1',NULL,'');
INSERT INTO "posts" VALUES('terminal',1,'paper','2505.06001',1,'sent','console','terminal',0,'{"role":"paper","text":"1. On the matter of 2505.06001\n   A. Lovelace, P. Liò · cs.CL\n   relevance 7 · novelty 5\n   a comment\n   why: topics +7.0\n   https://arxiv.org/abs/2505.06001 · PDF https://arxiv.org/pdf/2505.06001","title":"On the matter of 2505.06001","lines":[],"card":{"arxiv_id":"2505.06001","position":1,"title":"On the matter of 2505.06001","url":"https://arxiv.org/abs/2505.06001","pdf_url":"https://arxiv.org/pdf/2505.06001","authors":"A. Lovelace, P. Liò","categories":"cs.CL","verdict":"relevance 7 · novelty 5","comment":"a comment","why":"topics +7.0","marks":[]},"votable":true}',1,'2025-05-06T09:00:00.000000+00:00','2025-05-06T09:00:00.000000+00:00','2',NULL,'');
INSERT INTO "posts" VALUES('terminal',1,'paper','2505.06002',2,'sent','console','terminal',0,'{"role":"paper","text":"2. On the matter of 2505.06002\n   A. Lovelace, P. Liò · cs.CL\n   relevance 7 · novelty 5\n   a comment\n   why: topics +7.0\n   https://arxiv.org/abs/2505.06002 · PDF https://arxiv.org/pdf/2505.06002","title":"On the matter of 2505.06002","lines":[],"card":{"arxiv_id":"2505.06002","position":2,"title":"On the matter of 2505.06002","url":"https://arxiv.org/abs/2505.06002","pdf_url":"https://arxiv.org/pdf/2505.06002","authors":"A. Lovelace, P. Liò","categories":"cs.CL","verdict":"relevance 7 · novelty 5","comment":"a comment","why":"topics +7.0","marks":[]},"votable":true}',1,'2025-05-06T09:00:00.000000+00:00','2025-05-06T09:00:00.000000+00:00','3',NULL,'');
INSERT INTO "posts" VALUES('terminal',2,'header','',0,'sent','console','terminal',0,'{"role":"header","text":"🐦 Papers of Wed 7 May 2025: 2 of 2 relevant · 2 announced, 2 scanned · scored locally","title":"🐦 Papers of Wed 7 May 2025: 2 of 2 relevant","lines":["2 announced, 2 scanned · scored locally"],"card":null,"votable":false}',1,'2025-05-07T09:00:00.000000+00:00','2025-05-07T09:00:00.000000+00:00','4',NULL,'');
INSERT INTO "posts" VALUES('terminal',2,'paper','2505.07001',1,'sent','console','terminal',0,'{"role":"paper","text":"1. On the matter of 2505.07001\n   A. Lovelace, P. Liò · cs.CL\n   relevance 7 · novelty 5\n   a comment\n   why: topics +6.9 · like 2505.06001 you 👍 +1.6\n   https://arxiv.org/abs/2505.07001 · PDF https://arxiv.org/pdf/2505.07001","title":"On the matter of 2505.07001","lines":[],"card":{"arxiv_id":"2505.07001","position":1,"title":"On the matter of 2505.07001","url":"https://arxiv.org/abs/2505.07001","pdf_url":"https://arxiv.org/pdf/2505.07001","authors":"A. Lovelace, P. Liò","categories":"cs.CL","verdict":"relevance 7 · novelty 5","comment":"a comment","why":"topics +6.9 · like 2505.06001 you 👍 +1.6","marks":[]},"votable":true}',1,'2025-05-07T09:00:00.000000+00:00','2025-05-07T09:00:00.000000+00:00','5',NULL,'');
INSERT INTO "posts" VALUES('terminal',2,'paper','2505.07002',2,'sent','console','terminal',0,'{"role":"paper","text":"2. On the matter of 2505.07002\n   A. Lovelace, P. Liò · cs.CL\n   relevance 7 · novelty 5\n   a comment\n   why: topics +6.9 · like 2505.06001 you 👍 +1.6\n   https://arxiv.org/abs/2505.07002 · PDF https://arxiv.org/pdf/2505.07002","title":"On the matter of 2505.07002","lines":[],"card":{"arxiv_id":"2505.07002","position":2,"title":"On the matter of 2505.07002","url":"https://arxiv.org/abs/2505.07002","pdf_url":"https://arxiv.org/pdf/2505.07002","authors":"A. Lovelace, P. Liò","categories":"cs.CL","verdict":"relevance 7 · novelty 5","comment":"a comment","why":"topics +6.9 · like 2505.06001 you 👍 +1.6","marks":[]},"votable":true}',1,'2025-05-07T09:00:00.000000+00:00','2025-05-07T09:00:00.000000+00:00','6',NULL,'');
INSERT INTO "posts" VALUES('terminal',3,'header','',0,'sent','console','terminal',0,'{"role":"header","text":"🐦 Papers of Thu 8 May 2025: 2 of 2 relevant · 2 announced, 2 scanned · scored locally","title":"🐦 Papers of Thu 8 May 2025: 2 of 2 relevant","lines":["2 announced, 2 scanned · scored locally"],"card":null,"votable":false}',1,'2025-05-08T09:00:00.000000+00:00','2025-05-08T09:00:00.000000+00:00','7',NULL,'');
INSERT INTO "posts" VALUES('terminal',3,'paper','2505.08001',1,'sent','console','terminal',0,'{"role":"paper","text":"1. On the matter of 2505.08001\n   A. Lovelace, P. Liò · cs.CL\n   relevance 7 · novelty 5\n   a comment\n   why: topics +6.1 · like 2505.06001 you 👍 +2.3 · like 2505.07001 you 👍 +2.3\n   https://arxiv.org/abs/2505.08001 · PDF https://arxiv.org/pdf/2505.08001","title":"On the matter of 2505.08001","lines":[],"card":{"arxiv_id":"2505.08001","position":1,"title":"On the matter of 2505.08001","url":"https://arxiv.org/abs/2505.08001","pdf_url":"https://arxiv.org/pdf/2505.08001","authors":"A. Lovelace, P. Liò","categories":"cs.CL","verdict":"relevance 7 · novelty 5","comment":"a comment","why":"topics +6.1 · like 2505.06001 you 👍 +2.3 · like 2505.07001 you 👍 +2.3","marks":[]},"votable":true}',1,'2025-05-08T09:00:00.000000+00:00','2025-05-08T09:00:00.000000+00:00','8',NULL,'');
INSERT INTO "posts" VALUES('terminal',3,'paper','2505.08002',2,'sent','console','terminal',0,'{"role":"paper","text":"2. On the matter of 2505.08002\n   A. Lovelace, P. Liò · cs.CL\n   relevance 7 · novelty 5\n   a comment\n   why: topics +6.1 · like 2505.06001 you 👍 +2.3 · like 2505.07001 you 👍 +2.3\n   https://arxiv.org/abs/2505.08002 · PDF https://arxiv.org/pdf/2505.08002","title":"On the matter of 2505.08002","lines":[],"card":{"arxiv_id":"2505.08002","position":2,"title":"On the matter of 2505.08002","url":"https://arxiv.org/abs/2505.08002","pdf_url":"https://arxiv.org/pdf/2505.08002","authors":"A. Lovelace, P. Liò","categories":"cs.CL","verdict":"relevance 7 · novelty 5","comment":"a comment","why":"topics +6.1 · like 2505.06001 you 👍 +2.3 · like 2505.07001 you 👍 +2.3","marks":[]},"votable":true}',1,'2025-05-08T09:00:00.000000+00:00','2025-05-08T09:00:00.000000+00:00','9',NULL,'');
INSERT INTO "posts" VALUES('terminal',4,'header','',0,'sent','console','terminal',0,'{"role":"header","text":"text 0","title":"","lines":[],"card":null,"votable":false}',1,'2025-05-08T09:00:00.000000+00:00','2025-05-08T09:00:00.000000+00:00','900',NULL,'');
INSERT INTO "posts" VALUES('terminal',4,'paper','2505.09001',1,'sending','console','terminal',0,'{"role":"paper","text":"text 1","title":"","lines":[],"card":null,"votable":false}',1,'2025-05-08T09:00:00.000000+00:00',NULL,NULL,NULL,'');
INSERT INTO "posts" VALUES('terminal',4,'paper','2505.09002',2,'planned','console','terminal',0,'{"role":"paper","text":"text 2","title":"","lines":[],"card":null,"votable":false}',0,NULL,NULL,NULL,NULL,'');
CREATE TABLE privacy (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    key BLOB NOT NULL,
    forgettings INTEGER NOT NULL,       -- counted, so that what was learned before one is not stored after it
    rebuild_owed INTEGER NOT NULL       -- deleted rows may still be readable in the file
);
INSERT INTO "privacy" VALUES(1,X'D6233F0171FC2B4D19B642EA84394DFC95B5ECA5D2CD65B8858BFC370EF2D381',0,0);
CREATE TABLE ranking_weights (
    channel TEXT NOT NULL,
    version INTEGER NOT NULL,
    fitted_at TEXT NOT NULL,
    metrics TEXT NOT NULL,
    blob BLOB NOT NULL,
    PRIMARY KEY (channel, version)
);
INSERT INTO "ranking_weights" VALUES('terminal',1,'2025-05-07T09:00:00.000000+00:00','{"basis": "a7bc2ae61f76daf953fa", "votes": 4, "impressions": 2, "guard": "too early to tell whether learning helps (1 of 40 judged papers)", "judged": 1, "liked": 1, "weight": 0.16666666666666666, "trust": 1.0}',X'504C434D31789CCD564D68134114DE346D8D690D154B2F5ED628C49F246CD2264D833415C543AB928B875A240CD949B2ED6637EECEA6B4B1A2E02182B75651CF05BDF424EDC583082228ED4D0ADE7A1214958A8282A0CECCEEA4BB6B85D65471E031796FDE977DEFDBF7DE6C76C4DB1AE1CC7580EB7EFAF0F50F6BF9B86EAE048118552A531EAE8B0BB7985E6C9F3D77FE6C76D4C355B95A48847A5E0BA5F9D06523160AF3A182AA210D2839551321B19F06B20EB15D2F810AC4FAE1BE782A7C24CCCFF07FBCFCB520825A590FA6F9B1601920AC04C3BCF58BFFC5A023439C22FA250328489A8622511A56FA83DF38BB886DC0402555331F0044C0CB6A15CA200F897F45824853795952A96B1E20585435099ADE793D7AF20C3DD020D055C5B4C61342222A240521468FB07B51328F88AAE46469023F39CDC72C4D475415A2023694805CC84D42A95842D491E012F4C4D00D20E7CA1028D814494693B1DE546F2295107A07FA53F13E1811920D2FBD8203A2CFA050A4193A6A681A2094A5F91A8E5A8655A0E054C9E3E3241E923B9A32C34910728A1A8465A8206A4AD090C70DB16886ECC8479899C93AAAECFDDDC05156651DB8CACCB47456682F2D47B66F5A68C70B7D5B2AB478ACC93AE3FD37EAC9A5E153FB96563E2F2CDA25FAEC0B959BF7DE2C72DB5C4E421E8F2FD519219D9890BC01E90B658CAC599E6CFF0D23A92D31128B37CD88DFBB30FD76F66366EFBBEE9EF59EC0D0C1E1DBAB171EF887B6CBC2E66B3DE36447A93EFACAD80958EC9885FCBFF2C3F2F85BBB931FFDDBD804E3A78BF0A3C24241CA4BB8391B3D75DDF2667B533DD5744BF1FE63739E13CE2C9E94E11EFBD523020458F4F396D7FC4E443FD07CF4ABED7CE6F97E4F66F5DA9D41BB1C1A784565657979D099DDA7FBFD1FEC234F5244290FF5ED2528FDB304490C1E2CE4AAF76269C5D286A51DCB2E2C3ECE3DC2E6AE78922C41BF996005692CBFBAE557DF89FC9AEE4F33BFDD34074F4BC4EBFCFE21DF37447CDCC6BA4AC8687C0DB951E43E239715910E07AA80FFC776BBB98164EEAF71E6DCEA74002731EBF65BC08D24339121030EE4AD56CE3521DD58322FC81C20D2E5C02EE277EC9E1E6E34E9D379AB549D14D57075B0AE75A348FD339493A2515C4FB66E7003495D91AA21E27700D33ECE5665D99136529C38241FF702BFADEF34B69F2F357A62');
INSERT INTO "ranking_weights" VALUES('terminal',2,'2025-05-08T09:00:00.000000+00:00','{"basis": "d84e290a729697331700", "votes": 8, "impressions": 4, "guard": "too early to tell whether learning helps (2 of 40 judged papers)", "judged": 2, "liked": 2, "weight": 0.2857142857142857, "trust": 1.0}',X'504C434D31789CCD564D68134114DE98B6A669A9154B05BDACA9982A49D84D9BFE446D2B050FAD4A41047FD0326427C9EA6637DD9DADF40FAC2054A8A214540AE241052F1EAB8207414F4A851EA4205E7A2B140FF556BCD479BB3B6976B5901A15075E66DFDBF76DDEFBE6CD9B19E8F75744397BECE3520F2766D79D11E01AB82C46524CCD8FF8B87A2EB9CDF662F3CCA9332707CEF9B8616E2C2C6123A587937C78DC14C3113E9CD674A2237550D3250CF6E3483130B51B5994C7546F6E6D8D470E46F809FEB747702C44B09E334249FE42288708554211DE79E27F3218C49446401F32914AE4512C8152B05A0FFCC6BB8BD4864C92D574FB0F908478451BC60A4A61F0CFCB98E81AAFC89AE59A420467345DC6B677CA88F59EB05EE818199A6A5BE309211113DA0441842FD85A3B68E048C119D97604551D54E42B348E241F77348358AA1013A8218B94F4E0552C67B2C472045CC27A631A2652067318A9D4144DC4C44EB153E8686F13C57887D0D982A3425BC1CBC8D3F0E0A3A20525BA699082A6232030C98FD11C143C8C549A38FCBD150F304146EC7012405546C738875562991256C8974D296387ECCA4798981870D5DCB14B371FB19AABA13567A765B0B2FBE438B2F997657724DD5A52D9C5C532AB8E0F1EEDDBF1623DB13C77F7F6944B0E4CBEB544452FE756DE9C9EE5B630DC84BCFA3E1F6784D452425226B6169431B2E478B27913463A4A62442C771FF2C16AFFF3D195996FDD3BBF3634AE36D6F534F5DD5B3CFF2CD8B31506361FABDD6E76D4E1D76B8C9D3A871DBB90FF577E581E7F6B76F3B3A766D738E3A71EF8D1703A2DA764BA390B7B6ACAF16673797BAA5C82F8606FF3971E107726874243678B0F230911C4325870BC16FE480642D96BBC58C577BFDFEBEB5E9C7CD0552CFB3B3F5BF2717EBEEBCE98D254AA9F9B89EBCB87A78A5BA4AC4A720A1B5B2343FE6764400C3E2A7051F053A9A05249A58ACA762A012AD54EACA5F8B9C9D8BDF674929111B4C9C8139D7131EDF8B1B92C2E5ACA2F6D88017E1AAC3C7CDBA27EF76D0B6E5320016E635C03520A772F2F0ACE4B380C416A5C2842BF53747A7A8170AE2C71765FAC75016F50F68B4F192F127A2E43D6B9908F2B384F07F662A11F419F01A97761DFD1B5F676272F1A7A0094F502E7A5E816AD12D611BC28D82F0CE5A6E83EADABA2DDE305426D41E54C3BABB6017C12E08A2A6DA0BF128A948614E03ED0D552AC72FE01F268906E');
INSERT INTO "ranking_weights" VALUES('terminal',3,'2025-05-08T09:00:00.000000+00:00','{"basis": "456dee6600d2686c4994", "votes": 11, "impressions": 6, "guard": "too early to tell whether learning helps (3 of 40 judged papers)", "judged": 3, "liked": 3, "weight": 0.375, "trust": 1.0}',X'504C434D31789CCD564D68135110DE98B6A6A9960A559082ACAD10C534EC6E9A9F06698A050FFE11041115298FEC4BB2BADD8DFB13696B412FF622582C8A278FE245100F221405C183957A2B054F7A500FE2C19F4BF1A0CEECEE4BB3AB8235557C307999D9F97667BE376FDE2B1C08B7F473EED8CE5DFA347FFE9B37225C3757A1444E68D5F110D7C59D5CE77AB179F6F0D14385E321AEC64DC6646A168D588E8F9DB7C5589C8F9574C3328836AA1B3245FB3EA29A14EC66855429E83B0732A9F8AE383FC5FFF1884EF65AD418337B73FCC9DE316281D21BE7BD7FFC0F06D3B2E571D4CFDA44B394092AA352B73A7FF89567A7C0466CABA21BEE07884C7855AF51951429FA57156A193AAF2ABAE35A24162DEB86425DEFA2991839E83C30283175CDB54A29219510D28220E21B5C2DE3D3B2A8210C5E55565C18AADAA8AA9C81A8727CD2D34CCB51858400860A514BA3E7A852AE588E23E252CE13DBB4893A3A46890626093E9E4EA6D2E2A02865A5645A9068BF90AA7B995508D6F9462299CD8A4931931D14C48C248803B45F12C1CF326CD30207D179B74190E11C3F0949AAB44634600623923044A4CA1A7723C44F90B241E918D52CC79472B2386DCB65370B5F8AC2D454C1579473AD5FF7B2A2EC80A2743335595D2E7A8E6CFE695DEE290DFC565D429ECD95251F55AE7666C8C6B769F272DA2737A71F3B12AFDD4F8FDC3DD2C3AD62F80979F0654162846C00428A3675D69831F2CAF364F32F18C9FE1623A2D43423EDE13B13EF663FE637BDEFDEF2614BE770DFFEEB4B276E478757C3C0AFC787BC9F1DAD36B7CCD8E9F4D8716BFB7FE587E5F1B7663F3F8B43D20EC64F17F2A3D35249292AB039EB7BEAB2E7CDE6A6F654B25982F868DF676DF8D8E6478EF8B3B9223CAD349E5832B108CB62D9F35A5E932C84A6D779A98DCFCFF784F24B176F0C35CA8EC1178E3C5F58189A9954FBD6DACFCF587BB57AB0B19D2A9AAC14A9B93AD2947F461AC61002C15B4718A405A415A40D643D4804A4DD8B752DFDFCA46D2BEF7EC8488BBAA4552D837136E3F9B1B929CE069ADF2E1803FE74836C737209ADEB0FFBAF79788D4389702BE3021253BFF40551780EE3218BD2E1435D83F7349CCA41209E57AF38B7DF6EF0016FC10A349E5E4124F67286ECF4219FB47081CE1EC4629FC3FE85D2E5C3BE86F50E76BD201AFB0A6E81652E48D13DA814D6658228DC5B0CE5A7E835D456C34E0B02B1BEB07A66BC955B016E6DE71AAAAD70A0150B15428A70CF60B5DE3825FD1D4D41AA7B');
CREATE TABLE scores (
    cache_key TEXT NOT NULL,
    arxiv_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    scored_at TEXT NOT NULL,
    score TEXT NOT NULL,                -- JSON
    PRIMARY KEY (cache_key, arxiv_id, version)
) WITHOUT ROWID;
INSERT INTO "scores" VALUES('local scorer|fake|e0d7de1f6929ad84','2505.06001',1,'2025-05-06T09:00:00.000000+00:00','{"arxiv_id":"2505.06001","version":1,"relevance":7,"novelty":5,"comment":"a comment","topics":[],"scorer":"local","model":"fake","closeness":7.0,"fallback":false}');
INSERT INTO "scores" VALUES('local scorer|fake|e0d7de1f6929ad84','2505.06002',1,'2025-05-06T09:00:00.000000+00:00','{"arxiv_id":"2505.06002","version":1,"relevance":7,"novelty":5,"comment":"a comment","topics":[],"scorer":"local","model":"fake","closeness":7.0,"fallback":false}');
INSERT INTO "scores" VALUES('local scorer|fake|e0d7de1f6929ad84','2505.07001',1,'2025-05-07T09:00:00.000000+00:00','{"arxiv_id":"2505.07001","version":1,"relevance":7,"novelty":5,"comment":"a comment","topics":[],"scorer":"local","model":"fake","closeness":7.0,"fallback":false}');
INSERT INTO "scores" VALUES('local scorer|fake|e0d7de1f6929ad84','2505.07002',1,'2025-05-07T09:00:00.000000+00:00','{"arxiv_id":"2505.07002","version":1,"relevance":7,"novelty":5,"comment":"a comment","topics":[],"scorer":"local","model":"fake","closeness":7.0,"fallback":false}');
INSERT INTO "scores" VALUES('local scorer|fake|e0d7de1f6929ad84','2505.08001',1,'2025-05-08T09:00:00.000000+00:00','{"arxiv_id":"2505.08001","version":1,"relevance":7,"novelty":5,"comment":"a comment","topics":[],"scorer":"local","model":"fake","closeness":7.0,"fallback":false}');
INSERT INTO "scores" VALUES('local scorer|fake|e0d7de1f6929ad84','2505.08002',1,'2025-05-08T09:00:00.000000+00:00','{"arxiv_id":"2505.08002","version":1,"relevance":7,"novelty":5,"comment":"a comment","topics":[],"scorer":"local","model":"fake","closeness":7.0,"fallback":false}');
CREATE TABLE 'spellings_config'(k PRIMARY KEY, v) WITHOUT ROWID;
INSERT INTO "spellings_config" VALUES('version',4);
CREATE TABLE 'spellings_data'(id INTEGER PRIMARY KEY, block BLOB);
INSERT INTO "spellings_data" VALUES(1,X'083020');
INSERT INTO "spellings_data" VALUES(10,X'000000000108080008010101020101030101040101050101060101070101080101');
INSERT INTO "spellings_data" VALUES(137438953473,X'0000004A06303036303031010104323530350101036164610101036C696F0102076F76656C6163650101066D61747465720101026F660102016E01010670696574726F0101037468650104080706060A09050409');
INSERT INTO "spellings_data" VALUES(274877906945,X'0000004A06303036303032020104323530350201036164610201036C696F0202076F76656C6163650201066D61747465720201026F660202016E02010670696574726F0201037468650204080706060A09050409');
INSERT INTO "spellings_data" VALUES(412316860417,X'0000004A06303037303031030104323530350301036164610301036C696F0302076F76656C6163650301066D61747465720301026F660302016E03010670696574726F0301037468650304080706060A09050409');
INSERT INTO "spellings_data" VALUES(549755813889,X'0000004A06303037303032040104323530350401036164610401036C696F0402076F76656C6163650401066D61747465720401026F660402016E04010670696574726F0401037468650404080706060A09050409');
INSERT INTO "spellings_data" VALUES(687194767361,X'0000004A06303038303031050104323530350501036164610501036C696F0502076F76656C6163650501066D61747465720501026F660502016E05010670696574726F0501037468650504080706060A09050409');
INSERT INTO "spellings_data" VALUES(824633720833,X'0000004A06303038303032060104323530350601036164610601036C696F0602076F76656C6163650601066D61747465720601026F660602016E06010670696574726F0601037468650604080706060A09050409');
INSERT INTO "spellings_data" VALUES(962072674305,X'0000004A06303039303031070104323530350701036164610701036C696F0702076F76656C6163650701066D61747465720701026F660702016E07010670696574726F0701037468650704080706060A09050409');
INSERT INTO "spellings_data" VALUES(1099511627777,X'0000004A06303039303032080104323530350801036164610801036C696F0802076F76656C6163650801066D61747465720801026F660802016E08010670696574726F0801037468650804080706060A09050409');
CREATE TABLE 'spellings_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
INSERT INTO "spellings_idx" VALUES(1,X'',2);
INSERT INTO "spellings_idx" VALUES(2,X'',2);
INSERT INTO "spellings_idx" VALUES(3,X'',2);
INSERT INTO "spellings_idx" VALUES(4,X'',2);
INSERT INTO "spellings_idx" VALUES(5,X'',2);
INSERT INTO "spellings_idx" VALUES(6,X'',2);
INSERT INTO "spellings_idx" VALUES(7,X'',2);
INSERT INTO "spellings_idx" VALUES(8,X'',2);
CREATE TABLE standing_rules (
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    folded TEXT NOT NULL,               -- the text as it is compared
    person TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (channel, kind, folded)
) WITHOUT ROWID;
INSERT INTO "standing_rules" VALUES('terminal','follow author','Ada Lovelace','ada lovelace','ada','2025-05-08T09:00:00.000000+00:00');
INSERT INTO "standing_rules" VALUES('terminal','mute phrase','RL-HF','rl-hf','bob','2025-05-08T09:00:00.000000+00:00');
CREATE TABLE topic_tree (
    import INTEGER NOT NULL,            -- imports.id
    place INTEGER NOT NULL,
    parent INTEGER,                     -- place of the branch it belongs to
    title TEXT NOT NULL,
    arxiv_id TEXT NOT NULL,             -- of a leaf that is a paper
    url TEXT NOT NULL,
    PRIMARY KEY (import, place)
) WITHOUT ROWID
;
CREATE TABLE topics_versions (
    channel TEXT NOT NULL,
    version INTEGER NOT NULL,
    raw TEXT NOT NULL,
    origin TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (channel, version)
);
INSERT INTO "topics_versions" VALUES('terminal',1,'1. Quantization
 - Relevant: low-bit weights
','file','2025-05-05T09:00:00.000000+00:00');
INSERT INTO "topics_versions" VALUES('terminal',2,'1. Quantization
2. Sparsity
','chat','2025-05-05T09:00:00.000000+00:00');
CREATE TABLE turns (
    name TEXT PRIMARY KEY,
    free_at REAL NOT NULL               -- seconds since the epoch, the machine's own clock
);
CREATE TABLE "vectors" (     -- by number a cache finds what is new; WITHOUT ROWID wasted a page a vector
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    arxiv_id TEXT NOT NULL,
    embedder TEXT NOT NULL,
    vector BLOB NOT NULL,               -- float32, little endian
    UNIQUE (arxiv_id, embedder)
);
INSERT INTO "vectors" VALUES(1,'2505.06001','fake-embedder',X'D67ED53E4875693E248AAEBCAF2E74BE051F3EBEC96C3C3EF3E0F3BC6A785BBEB8D71D3EB0AAC53E768B693EB894473EBF93D0BD6D6C87BEC639AEBE2B70C1BE');
INSERT INTO "vectors" VALUES(2,'2505.06002','fake-embedder',X'78DA82BE6D2F063E44466FBE227211BEA097A7BD3609493E1599323E9120BE3EE043773E61C8F0BE973A183B758CF5BD3D74B6BDCA390DBF5B47183E803DFCBC');
INSERT INTO "vectors" VALUES(3,'2505.07001','fake-embedder',X'4777A93D1A1489BEE92C84BEA1522BBEA042A83EA611D0BA8DE7A5BC16118A3EF8ACA4BEDD81A2BE67F29CBEA7B9DABDFC2DA83DC154CCBECCC87DBD99CAD03E');
INSERT INTO "vectors" VALUES(4,'2505.07002','fake-embedder',X'EAB5B83E25D2CE3D1BC13D3EA7D3C73ED4D43E3D11B17CBE407D30BE8B7EE9BBD110F33DA3E2DB3E7797253D79E0543E9CA38CBEDFB58BBEA42ECABE6C2134BE');
INSERT INTO "vectors" VALUES(5,'2505.08001','fake-embedder',X'DABDA0BD83A0003E1ABA40BEDE4C24BDFB26933EDE95CCBD13C59EBE4EA9D3BEEB18433E3BDD283D1D96AFBE1036923E8EA5173E31D1E4BCE7C40C3F29B40D3E');
INSERT INTO "vectors" VALUES(6,'2505.08002','fake-embedder',X'864409BFBC80AEBE1401C53DFCFB16BE31EE113D8CDE0D3DAD449FBE4BF47C3B06EC473E0788A8BED8EBDBBD757F3F3D36A5AABE89FAD6BE8F9207BED2D600BD');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX papers_by_day ON papers (listing_day);
CREATE TRIGGER papers_fts_insert AFTER INSERT ON papers BEGIN
    INSERT INTO papers_fts (rowid, title, abstract, authors) VALUES (new.id, new.title, new.abstract, new.authors);
END;
CREATE TRIGGER papers_fts_delete AFTER DELETE ON papers BEGIN
    INSERT INTO papers_fts (papers_fts, rowid, title, abstract, authors)
    VALUES ('delete', old.id, old.title, old.abstract, old.authors);
END;
CREATE TRIGGER papers_fts_update AFTER UPDATE OF title, abstract, authors ON papers BEGIN
    INSERT INTO papers_fts (papers_fts, rowid, title, abstract, authors)
    VALUES ('delete', old.id, old.title, old.abstract, old.authors);
    INSERT INTO papers_fts (rowid, title, abstract, authors) VALUES (new.id, new.title, new.abstract, new.authors);
END;
CREATE UNIQUE INDEX digests_by_occasion ON digests (channel, occasion);
CREATE UNIQUE INDEX posts_by_message ON posts (platform, place, message) WHERE message IS NOT NULL;
CREATE INDEX posts_open ON posts (state) WHERE state IN ('planned', 'sending');
CREATE INDEX feedback_by_message ON feedback_events (platform, place, message, person, emoji);
CREATE INDEX feedback_by_channel ON feedback_events (channel, arxiv_id);
CREATE VIEW newest_events AS
SELECT id, platform, place, message, person, emoji, added, at, ord, source,
       coalesce(channel, (SELECT p.channel FROM posts p WHERE p.platform = e.platform AND p.place = e.place
                          AND p.message = e.message AND p.role = 'paper')) AS channel,
       coalesce(arxiv_id, (SELECT p.subject FROM posts p WHERE p.platform = e.platform AND p.place = e.place
                           AND p.message = e.message AND p.role = 'paper')) AS arxiv_id
FROM feedback_events e
WHERE NOT EXISTS (
    SELECT 1 FROM feedback_events later
    WHERE later.platform = e.platform AND later.place = e.place AND later.message = e.message
      AND later.person = e.person AND later.emoji = e.emoji
      AND (later.ord > e.ord OR (later.ord = e.ord AND later.id > e.id))
);
CREATE VIEW current_votes AS
SELECT channel, arxiv_id, person, emoji, min(at) AS at
FROM newest_events WHERE added = 1 AND channel IS NOT NULL AND arxiv_id IS NOT NULL
GROUP BY channel, arxiv_id, person, emoji;
CREATE INDEX llm_calls_by_day ON llm_calls (day);
CREATE INDEX llm_calls_by_channel ON llm_calls (channel, model);
CREATE TRIGGER spellings_insert AFTER INSERT ON papers BEGIN
    INSERT INTO spellings (rowid, title, authors) VALUES (new.id, new.title, new.authors);
END;
CREATE TRIGGER spellings_delete AFTER DELETE ON papers BEGIN
    INSERT INTO spellings (spellings, rowid, title, authors) VALUES ('delete', old.id, old.title, old.authors);
END;
CREATE TRIGGER spellings_update AFTER UPDATE OF title, authors ON papers BEGIN
    INSERT INTO spellings (spellings, rowid, title, authors) VALUES ('delete', old.id, old.title, old.authors);
    INSERT INTO spellings (rowid, title, authors) VALUES (new.id, new.title, new.authors);
END;
CREATE TRIGGER paper_categories_insert AFTER INSERT ON papers BEGIN
    INSERT OR IGNORE INTO paper_categories (category, paper) SELECT value, new.id FROM json_each(new.categories);
END;
CREATE TRIGGER paper_categories_delete AFTER DELETE ON papers BEGIN
    DELETE FROM paper_categories WHERE paper = old.id AND category IN (SELECT value FROM json_each(old.categories));
END;
CREATE TRIGGER paper_categories_update AFTER UPDATE OF categories ON papers WHEN old.categories != new.categories BEGIN
    DELETE FROM paper_categories WHERE paper = old.id AND category IN (SELECT value FROM json_each(old.categories));
    INSERT OR IGNORE INTO paper_categories (category, paper) SELECT value, new.id FROM json_each(new.categories);
END;
CREATE INDEX feedback_by_person ON feedback_events (person)
;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('vectors',6);
PRAGMA writable_schema=ON;
INSERT INTO sqlite_master(type,name,tbl_name,rootpage,sql)VALUES('table','papers_fts','papers_fts',0,'CREATE VIRTUAL TABLE papers_fts USING fts5 (
    title, abstract, authors, content = ''papers'', content_rowid = ''id'',
    tokenize = ''porter unicode61 remove_diacritics 2''
)');
INSERT INTO sqlite_master(type,name,tbl_name,rootpage,sql)VALUES('table','spelling_words','spelling_words',0,'CREATE VIRTUAL TABLE spelling_words USING fts5vocab (spellings, row)');
INSERT INTO sqlite_master(type,name,tbl_name,rootpage,sql)VALUES('table','spellings','spellings',0,'CREATE VIRTUAL TABLE spellings USING fts5 (
    title, authors, content = ''papers'', content_rowid = ''id'', detail = none, columnsize = 0,
    tokenize = ''unicode61 remove_diacritics 2''
)');
PRAGMA writable_schema=OFF;
COMMIT;

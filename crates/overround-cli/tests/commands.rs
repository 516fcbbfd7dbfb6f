//! The command as a user meets it: what it prints, where, and with which exit status.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

#[path = "commands/reasons.rs"]
mod reasons;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn overround(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_overround"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A command that does not read its input may end first.
    let writer = std::thread::Builder::new().spawn(move || drop(stdin.write_all(&input))).unwrap();
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn json(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

const ARBITRAGE: &str = r#"{"type":"odds","ts":1,"fixture":"f","bookmaker":"a","market":"moneyline","outcome":"home","price":2.10}
{"type":"odds","ts":1,"fixture":"f","bookmaker":"b","market":"moneyline","outcome":"away","price":2.05}
{"type":"removed","ts":5,"fixture":"f","bookmaker":"a"}
"#;

/// Would catch: a limit that is read and not kept, or one that is misspelt and taken for none.
#[test]
fn limits_are_kept() {
    let replay = ["replay", "-", "--summary", "json"];
    let with = |limits: &[&'static str]| {
        let mut arguments = replay.to_vec();
        limits.iter().for_each(|limit| arguments.extend(["--limit", limit]));
        overround(&arguments, ARBITRAGE.as_bytes())
    };
    assert_eq!(json(&with(&[]))["rejected"]["too_many"], serde_json::Value::Null);
    assert_eq!(json(&with(&["bookmakers=2"]))["rejected"]["too_many"], serde_json::Value::Null);
    assert_eq!(json(&with(&["bookmakers=1"]))["rejected"]["too_many"], 1);
    assert!(json(&with(&["fixtures=1_000", "markets=0"]))["rejected"]["too_many"].as_u64().unwrap() >= 2);
    for (limit, said) in [
        ("teams=1", "no limit \"teams\"; there is fixtures, "),
        ("fixtures=-1", "\"-1\" is no whole number"),
        ("fixtures", "not of the form NAME=N"),
    ] {
        let output = with(&[limit]);
        assert_eq!(output.status.code(), Some(2), "{limit}");
        assert!(text(&output.stderr).contains(said), "{}", text(&output.stderr));
    }
}

#[test]
fn replay_tells_and_sums_up() {
    let summary = json(&overround(&["replay", "-", "--summary", "json"], ARBITRAGE.as_bytes()));
    assert_eq!(summary["records"]["odds"], 2);
    assert_eq!(
        summary["kinds"]["arbitrage"],
        serde_json::json!({"detected":1,"updated":0,"expired":1,"open":0,"capped":0})
    );
    assert_eq!(summary["expired_by"]["removed"], 1);

    let output = overround(&["replay", "-", "--summary", "json", "--events", "-"], ARBITRAGE.as_bytes());
    let events = text(&output.stdout);
    let lines: Vec<serde_json::Value> = events.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert!((lines[0]["profit"].as_f64().unwrap() - 0.037_349_397_590_361).abs() < 1e-12);
    assert_eq!((lines[1]["type"].as_str(), lines[1]["lifetime_us"].as_i64()), (Some("expired"), Some(4)));
    // The digest is over the lines, and the summary goes to the other stream.
    let summary: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    let digest = format!("{:016x}", twox_hash::XxHash3_64::oneshot(&output.stdout));
    assert_eq!(summary["events_digest"], digest);
}

#[test]
fn a_setting_changes_what_is_told() {
    let arguments = ["replay", "-", "--summary", "json", "--set", "arbitrage.min_profit=0.05"];
    assert_eq!(json(&overround(&arguments, ARBITRAGE.as_bytes()))["kinds"]["arbitrage"]["detected"], 0);
}

#[test]
fn threads_change_nothing() {
    let recording = concat!(env!("CARGO_MANIFEST_DIR"), "/../../recordings/evening.ndjson.zst");
    let replay = |threads| {
        let arguments = ["replay", recording, "--summary", "json", "--events", "-", "--threads", threads];
        let output = overround(&arguments, b"");
        let summary: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
        (output.stdout, summary["digest"].clone(), summary["kinds"].clone(), summary["changed"].clone())
    };
    let alone = replay("1");
    for threads in ["2", "3", "8"] {
        assert!(replay(threads) == alone, "{threads} threads tell otherwise than one");
    }
}

#[test]
fn bad_input_is_counted_and_the_replay_goes_on() {
    let bad: Vec<u8> =
        [b"\x00\xff\xfe\n{\"type\":\"odds\"}\n".as_slice(), ARBITRAGE.as_bytes(), b"{\"type\":\"he"].concat();
    let summary = json(&overround(&["replay", "-", "--summary", "json"], &bad));
    assert_eq!(summary["rejected"], serde_json::json!({"bad_json": 2, "missing_key": 1}));
    assert_eq!(summary["kinds"]["arbitrage"]["detected"], 1);
    assert_eq!(json(&overround(&["replay", "-", "--summary", "json"], b""))["records"], serde_json::json!({}));
}

#[test]
fn exit_statuses_and_remedies() {
    for (arguments, status, says) in [
        (&["replay", "no-such-file"][..], 1, "no-such-file"),
        (&["replay", "."], 1, "name a file, not a folder"),
        (&["replay", "-", "--set", "ev.mim=1"], 2, "mim"),
        (&["replay", "-", "--set", "ev.min=\"x\""], 2, "ev.min"),
        (&["replay"], 2, "FEED"),
        (&["devig", "0.5", "2"], 2, "0.5"),
        (&["devig", "--method", "magic", "2", "2"], 2, "magic"),
        (&["stake", "2.1", "2.05", "--fix", "x"], 2, "INDEX:STAKE"),
        (&["replay", "-", "-"], 2, "only once"),
        (&["replay", "Cargo.toml", "--events", "Cargo.toml"], 2, "would be overwritten"),
        (&["import", "overround", "Cargo.toml", "-o", "./Cargo.toml"], 2, "would be overwritten"),
        (&["replay", "-", "--events", "-", "--rejects", "-"], 2, "written twice"),
        (&["nonsense"], 2, "nonsense"),
    ] {
        let output = overround(arguments, b"");
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains(says), "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn devig_answers_line_for_line() {
    let input = br#"{"method":"power","odds":[1.91,"1.91"]}
nonsense
{"odds":["nan",2]}
{"method":"additive","odds":[1.05,10,20,50,100]}
"#;
    let output = overround(&["devig", "--jsonl"], input);
    let lines: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0]["fair"], serde_json::json!([0.5, 0.5]));
    assert!(lines[1]["error"].is_string() && lines[2]["error"].is_string());
    assert!(lines[3]["error"].as_str().unwrap().starts_with("no valid answer"));
    assert!(text(&overround(&["devig", "-110", "+100"], b"").stdout).contains("power"));
}

#[test]
fn stake_splits_and_rounds() {
    let input = br#"{"prices":[2.1,2.05],"total":100}
{"prices":[2.1,2.05],"fix":{"leg":0,"stake":50},"round":1}
{"prices":[2.1]}
"#;
    let output = overround(&["stake", "--jsonl"], input);
    let lines: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!((lines[0]["profit_min"].as_f64().unwrap() - 3.734_939_759_036).abs() < 1e-9);
    assert_eq!(lines[1]["stakes"], serde_json::json!([50.0, 51.0]));
    assert!(lines[2]["error"].is_string());
}

/// An import that is replayed tells the same as a replay of the original.
#[test]
fn import_then_replay_is_replay() {
    let odds_api = r#"{"committed_at":"2026-01-01T10:00:00Z","data":[{"id":"x","sport_key":"icehockey_nhl","commence_time":"2026-01-01T12:00:00Z","home_team":"H","away_team":"A","bookmakers":[{"key":"one","last_update":"2026-01-01T09:59:00Z","markets":[{"key":"h2h","outcomes":[{"name":"H","price":120},{"name":"A","price":-130}]},{"key":"totals","outcomes":[{"name":"Over","price":-105,"point":5.5},{"name":"Under","price":-115,"point":5.5}]}]},{"key":"two","last_update":"2026-01-01T09:59:30Z","markets":[{"key":"h2h","outcomes":[{"name":"A","price":125},{"name":"H","price":-140}]}]}]}]}
{"committed_at":"2026-01-01T10:05:00Z","data":[]}
"#;
    let football =
        "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR,B365H,B365D,B365A,WHH,WHD,WHA,PSH,PSD,PSA,PSCH,PSCD,PSCA
E0,16/08/2025,20:00,Reds,Blues,1,0,H,2.5,3.4,3.1,2.1,3.3,3.9,2.4,3.5,3.2,2.3,3.5,3.3
";
    for (format, original) in [("the-odds-api", odds_api), ("football-data", football)] {
        let direct = json(&overround(&["replay", "--format", format, "-", "--summary", "json"], original.as_bytes()));
        let imported = overround(&["import", format, "-"], original.as_bytes());
        assert!(imported.status.success());
        let replayed = json(&overround(&["replay", "-", "--summary", "json"], &imported.stdout));
        assert!(direct["kinds"]["arbitrage"]["detected"].as_u64().unwrap() > 0, "{format}: {direct}");
        for key in ["events_digest", "digest", "records", "kinds"] {
            assert_eq!(direct[key], replayed[key], "{format}: {key}");
        }
        // The format is recognised by itself, too.
        let detected = json(&overround(&["replay", "-", "--summary", "json"], original.as_bytes()));
        assert_eq!(detected["events_digest"], direct["events_digest"]);
    }
}

/// The same over real recordings, where they lie beside the repository.
#[test]
fn import_then_replay_is_replay_on_recordings() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/odds-series");
    let file = folder.join("wnba_2026-08-07.ndjson.zst");
    if !file.exists() {
        println!("SKIPPED: no recordings at {}", folder.display());
        return;
    }
    let file = file.to_str().unwrap();
    let direct = json(&overround(&["replay", "--format", "the-odds-api", file, "--summary", "json"], b""));
    let imported = overround(&["import", "the-odds-api", file], b"");
    let replayed = json(&overround(&["replay", "-", "--summary", "json"], &imported.stdout));
    assert_eq!(direct["events_digest"], replayed["events_digest"]);
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_overround"))
        .args(["simulate", "--seed", "1", "--minutes", "30"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", text(&output.stderr));
}

/// Names come from feeds; none of them may steer a terminal.
#[test]
fn control_characters_are_written_out() {
    let feed = r#"{"type":"odds","ts":1,"fixture":"a\u001b[31mred","bookmaker":"b\u001b[2J","market":"moneyline","outcome":"home","price":2.1}"#;
    let known = ["why-not", "-", "--fixture", "a\u{1b}[31mred", "--market", "moneyline"];
    let unknown = ["why-not", "-", "--fixture", "zz", "--market", "moneyline"];
    for arguments in [known, unknown] {
        let output = overround(&arguments, feed.as_bytes());
        let said = [output.stdout, output.stderr].concat();
        assert!(!said.contains(&0x1b) && text(&said).contains("\\u{1b}[31mred"), "{}", text(&said));
    }
}

//! How the command behaves beside what it answers: help, completions, manual, colours, pipes that close, requests to stop.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

const RECORDING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../recordings/evening.ndjson.zst");
const COMMANDS: [&str; 10] =
    ["replay", "watch", "explain", "why-not", "import", "devig", "stake", "simulate", "completions", "man"];

fn overround(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_overround")).args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn start(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_overround"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn every_command_helps_with_examples_that_parse() {
    let listed = text(&overround(&["--help"]).stdout);
    for command in COMMANDS {
        assert!(listed.lines().any(|line| line.trim_start().starts_with(command)), "{command} is not listed");
        let help = overround(&[command, "--help"]);
        assert_eq!(help.status.code(), Some(0));
        let help = text(&help.stdout);
        let (_, examples) = help.split_once("Examples:").unwrap_or_else(|| panic!("{command} has no examples"));
        assert!(examples.contains(&format!("overround {command}")), "{command}: {examples}");
    }
    assert!(listed.contains("NO_COLOR") && listed.contains("Exit status"));
    let names = listed.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = names.filter(|line| !line.starts_with("   ")).count();
    assert_eq!(names, COMMANDS.len() + 1, "a command is not in the list of this test (help is one more)");
}

#[test]
fn completions_and_manual_know_every_command_and_option() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = text(&overround(&["completions", shell]).stdout);
        for word in COMMANDS.into_iter().chain(["min_profit", "threads", "speed"]).filter(|word| *word != "min_profit")
        {
            assert!(script.contains(word), "{shell} does not know {word}");
        }
    }
    let folder = std::env::temp_dir().join(format!("overround-man-{}", std::process::id()));
    let output = overround(&["man", "--dir", folder.to_str().unwrap()]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    for command in COMMANDS {
        let page = std::fs::read_to_string(folder.join(format!("overround-{command}.1"))).unwrap();
        let help = text(&overround(&[command, "--help"]).stdout);
        let options = help.split_whitespace().filter(|word| word.starts_with("--"));
        for option in options.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '-')) {
            assert!(page.replace('\\', "").contains(option), "the page of {command} does not know {option}");
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(text(&overround(&["man"]).stdout).contains(".TH overround 1"));
}

/// No escape reaches a pipe or a file, whatever the environment says of the terminal.
#[test]
fn colours_are_for_terminals() {
    for arguments in [&["--help"][..], &["replay", RECORDING], &["devig", "1.9", "1.9"], &["nonsense"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_overround"))
            .args(arguments)
            .env("TERM", "xterm-256color")
            .output()
            .unwrap();
        assert!(![output.stdout, output.stderr].concat().contains(&0x1b), "{arguments:?}");
    }
}

#[test]
fn watch_needs_a_terminal_and_says_so() {
    let output = overround(&["watch", RECORDING]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("terminal"), "{}", text(&output.stderr));
}

/// Whoever reads may leave after a line, from either stream, in the midst of everything.
#[test]
fn pipes_may_close_early() {
    let many = "1.9 1.9\n".repeat(10_000);
    for arguments in [
        &["simulate", "--seed", "1", "--minutes", "60"][..],
        &["replay", RECORDING, "--events", "-"],
        &["import", "overround", RECORDING],
        &["replay", RECORDING],
        &["devig", "--jsonl"],
        &["completions", "bash"],
        &["man"],
        &["--help"],
        &["explain", RECORDING, "--id", "5f8f0c4ac6942e2d"],
    ] {
        let mut child = start(arguments);
        let mut stdin = child.stdin.take().unwrap();
        let input = many.clone().into_bytes();
        let writer = std::thread::Builder::new().spawn(move || drop(stdin.write_all(&input))).unwrap();
        let mut first = String::new();
        BufReader::with_capacity(16, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        drop(child.stderr.take());
        let status = child.wait().unwrap();
        writer.join().unwrap();
        assert_eq!(status.code(), Some(0), "{arguments:?}");
    }
    // With standard error closed there is nobody to tell what is wrong, but it is wrong all the same.
    let mut child = start(&["replay", "no-such-file"]);
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

/// Answers come at once, not when the input ends.
#[test]
fn lines_are_answered_as_they_come() {
    let mut child = start(&["devig", "--jsonl"]);
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for _ in 0..3 {
        stdin.write_all(b"{\"method\":\"power\",\"odds\":[1.91,1.91]}\n").unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert!(line.contains("[0.5,0.5]"), "{line}");
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[cfg(unix)]
mod signals {
    use super::*;

    fn interrupt(child: &Child, signal: &str) {
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits until a child that is fed standard input has taken everything and waits for more.
    fn settle() {
        std::thread::sleep(Duration::from_millis(400));
    }

    /// Would catch: a request to stop that is not heard while standard input is silent, and one that cuts a line.
    #[test]
    fn a_request_to_stop_leaves_whole_lines_and_says_so_by_its_status() {
        for (signal, status) in [("-INT", 130), ("-TERM", 143)] {
            let mut child = start(&["replay", "-", "--events", "-", "--summary", "json"]);
            let mut stdin = child.stdin.take().unwrap();
            for (ts, price) in [(1, 2.2), (2, 2.3), (3, 2.4)] {
                for outcome in ["home", "away"] {
                    writeln!(
                        stdin,
                        r#"{{"type":"odds","ts":{ts},"fixture":"f","bookmaker":"{outcome}-book","market":"moneyline","outcome":"{outcome}","price":{price}}}"#
                    )
                    .unwrap();
                }
            }
            settle();
            interrupt(&child, signal);
            let mut told = String::new();
            child.stdout.take().unwrap().read_to_string(&mut told).unwrap();
            let mut said = String::new();
            child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            assert_eq!(child.wait().unwrap().code(), Some(status), "{said}");
            // All that was read is told, the last instant too, and summed up.
            let lines: Vec<serde_json::Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert!(told.ends_with('\n') && lines.last().unwrap()["ts"] == 3, "{told}");
            assert!(said.contains("\"odds\":6") && said.contains("stopped before the end"), "{said}");
            drop(stdin);
        }
    }

    /// A file that is being written ends with a whole line, and is a whole file of its compression.
    #[test]
    fn a_file_that_is_being_written_is_closed() {
        let folder = std::env::temp_dir().join(format!("overround-stop-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for name in ["a.ndjson", "a.ndjson.zst", "a.ndjson.gz"] {
            let path = folder.join(name);
            let mut child = start(&[
                "simulate",
                "--seed",
                "3",
                "--minutes",
                "100000",
                "--fixtures",
                "200",
                "-o",
                path.to_str().unwrap(),
            ]);
            while std::fs::metadata(&path).map_or(0, |data| data.len()) < 1 << 16 {
                std::thread::sleep(Duration::from_millis(20));
                assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
            }
            interrupt(&child, "-INT");
            assert_eq!(child.wait().unwrap().code(), Some(130));
            let mut whole = String::new();
            overround_feed::io::open(&path).unwrap().read_to_string(&mut whole).unwrap();
            assert!(whole.ends_with("}\n") && whole.lines().count() > 100);
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }

    /// On a terminal of its own, made by script(1): titles are bold unless `NO_COLOR` is set, and `watch` draws, obeys keys and
    /// puts the terminal back.
    #[test]
    fn on_a_terminal() {
        let has_script = Command::new("script").arg("--version").output().is_ok_and(|output| output.status.success());
        if !has_script {
            println!("SKIPPED: script(1) is not installed");
            return;
        }
        let binary = env!("CARGO_BIN_EXE_overround");
        let on_terminal = |command: &str, keys: &[&str]| {
            let mut child = Command::new("script")
                .args(["-qec", &format!("stty rows 30 cols 120; {command}"), "/dev/null"])
                .env("TERM", "xterm-256color")
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut stdin = child.stdin.take().unwrap();
            let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
            let typing = std::thread::Builder::new().spawn(move || {
                for key in keys {
                    std::thread::sleep(Duration::from_millis(1200));
                    let _ = stdin.write_all(key.as_bytes());
                }
                stdin
            });
            let output = child.wait_with_output().unwrap();
            drop(typing.unwrap().join().unwrap());
            output
        };
        let output = on_terminal(&format!("{binary} replay {RECORDING}"), &[]);
        assert!(text(&output.stdout).contains("\u{1b}[1marbitrage: wins whatever happens\u{1b}[0m"));
        let output = on_terminal(&format!("NO_COLOR=1 {binary} replay {RECORDING} 2>/dev/null"), &[]);
        assert!(!output.stdout.contains(&0x1b), "{}", text(&output.stdout));

        let output = on_terminal(&format!("{binary} watch {RECORDING} --speed 600"), &["j\r", "q"]);
        let drawn = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{drawn}");
        assert!(drawn.contains("\u{1b}[?1049h") && drawn.contains("\u{1b}[?1049l"), "enters and leaves its screen");
        assert!(drawn.contains("low_hold") && drawn.contains("why"), "{drawn}");
        // Ctrl-C is a key there.
        let output = on_terminal(&format!("{binary} watch {RECORDING}"), &["\u{3}"]);
        assert_eq!(output.status.code(), Some(0));
    }
}

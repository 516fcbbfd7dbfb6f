//! The guide's output is what the commands print. Would catch: a change of a figure, of its wording or of the recording that leaves
//! the pages behind.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::path::Path;
use std::process::Command;

#[test]
fn what_the_guide_quotes_is_what_the_command_prints() {
    quotes("reading-an-opportunity.md", 60);
}

#[test]
fn what_the_page_on_commands_quotes_is_what_they_print() {
    quotes("command-line.md", 8);
}

fn quotes(page: &str, least: usize) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let Ok(guide) = std::fs::read_to_string(root.join("docs").join(page)) else {
        eprintln!("SKIPPED: {page} is not in a packaged crate");
        return;
    };
    let mut quoted = 0;
    let mut lines = guide.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let Some(command) = line.strip_prefix("$ overround ") else { continue };
        let output = Command::new(env!("CARGO_BIN_EXE_overround"))
            .args(command.split_whitespace())
            .current_dir(&root)
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        let mut rest = printed.lines().map(str::trim);
        for quote in lines.by_ref().take_while(|line| *line != "```").filter(|line| *line != "…") {
            assert!(rest.any(|line| line == quote), "`{command}` does not print, at its place:\n{quote}\n\n{printed}");
            quoted += 1;
        }
    }
    assert!(quoted >= least, "only {quoted} lines were quoted");
}

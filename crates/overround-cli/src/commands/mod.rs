//! One file per command.

mod devig;
mod explain;
mod import;
mod paths;
mod reasons;
mod replay;
mod shell;
mod simulate;
mod stake;
mod watch;
mod why_not;

use crate::args::{Arguments, Command};
use crate::failure::Failure;
use crate::input::StandardInput;
use crate::style::{Ink, Prose};
use paths::{check_paths, create};
use std::borrow::Cow;
use std::io::{BufRead, Write};
use std::path::Path;

/// Does what the arguments say.
///
/// # Errors
/// What went wrong, with its exit status.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::Replay(args) => replay::run(&args),
        Command::Watch(args) => watch::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::WhyNot(args) => why_not::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Devig(args) => devig::run(&args),
        Command::Stake(args) => stake::run(&args),
        Command::Simulate(args) => simulate::run(&args),
        Command::Completions(args) => shell::completions(&args),
        Command::Man(args) => shell::man(&args),
    }
}

/// Writes text to standard output.
fn print(text: &str) -> Result<(), Failure> {
    print_bytes(printable(text).as_bytes())
}

/// Writes text to standard output, its titles bold on a terminal that wants colours.
fn print_prose(prose: &Prose) -> Result<(), Failure> {
    let ink = Ink::for_stream(&std::io::stdout());
    print_bytes(prose.painted(ink).as_bytes())
}

/// Writes to standard output.
fn print_bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(stdout_failure)
}

/// Says something to people on standard error, which may be closed.
fn say(text: &str) {
    let _ = std::io::stderr().lock().write_all(printable(text).as_bytes());
}

/// Text in which control characters but the ends of lines are written out: names come from feeds, and a terminal obeys.
pub fn printable(text: &str) -> Cow<'_, str> {
    let obeys = |char: char| char.is_control() && char != '\n';
    if !text.contains(obeys) {
        return Cow::Borrowed(text);
    }
    let written = |char: char| if obeys(char) { char.escape_default().to_string() } else { char.to_string() };
    Cow::Owned(text.chars().map(written).collect())
}

fn stdout_failure(error: std::io::Error) -> Failure {
    Failure::file("write", Path::new("standard output"), &error)
}

/// Answers every line of standard input by a line of standard output, in order, and at once where no more has come yet.
fn answer_lines(mut answer: impl FnMut(&str) -> String) -> Result<(), Failure> {
    let read_failure = |error: std::io::Error| Failure::file("read", Path::new("standard input"), &error);
    let mut input = std::io::BufReader::new(StandardInput::new().map_err(read_failure)?);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut line = Vec::new();
    loop {
        if input.buffer().is_empty() {
            out.flush().map_err(stdout_failure)?;
        }
        line.clear();
        if input.read_until(b'\n', &mut line).map_err(read_failure)? == 0 {
            return out.flush().map_err(stdout_failure);
        }
        let text = String::from_utf8_lossy(&line);
        writeln!(out, "{}", answer(text.trim())).map_err(stdout_failure)?;
    }
}

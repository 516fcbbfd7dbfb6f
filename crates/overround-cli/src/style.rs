//! Text for people: prose with titles, and whether colours are wanted.

use crate::commands::printable;
use std::io::IsTerminal;
use std::ops::Range;

/// Prose, line by line, that knows which of its lines are titles.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prose {
    pub(crate) text: String,
    titles: Vec<Range<usize>>,
}

impl Prose {
    pub(crate) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    pub(crate) fn title(&mut self, title: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.heading(title);
    }

    /// A title without an empty line before it.
    pub(crate) fn heading(&mut self, title: &str) {
        let start = self.text.len();
        self.text.push_str(title);
        self.titles.push(start..self.text.len());
        self.text.push('\n');
    }

    /// Indented, every line of it.
    pub(crate) fn under(&mut self, lines: &str) {
        for line in lines.lines() {
            self.line(&format!("  {line}"));
        }
    }

    /// Each line, and whether it is a title.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (&str, bool)> {
        let mut start = 0;
        self.text.split_inclusive('\n').map(move |line| {
            let is_title = self.titles.iter().any(|title| title.start == start);
            start += line.len();
            (line.trim_end_matches('\n'), is_title)
        })
    }

    /// As it is to be written: what a terminal would obey is written out, and titles are bold if colours are wanted.
    pub(crate) fn painted(&self, ink: Ink) -> String {
        if ink == Ink::Plain {
            return printable(&self.text).into_owned();
        }
        let paint = |(line, is_title): (&str, bool)| match is_title {
            true => format!("\x1b[1m{}\x1b[0m\n", printable(line)),
            false => format!("{}\n", printable(line)),
        };
        self.lines().map(paint).collect()
    }
}

/// May colours be used?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    /// No.
    Plain,
    /// Yes.
    Coloured,
}

impl Ink {
    /// On a terminal that can, unless the environment variable `NO_COLOR` is set and not empty.
    pub(crate) fn for_stream(stream: &impl IsTerminal) -> Self {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let is_dumb = set("TERM").is_none_or(|term| term == "dumb");
        if stream.is_terminal() && set("NO_COLOR").is_none() && !is_dumb { Self::Coloured } else { Self::Plain }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_alone_are_painted_and_names_steer_nothing() {
        let mut prose = Prose::default();
        prose.line("a\u{1b}[31m");
        prose.title("Title");
        prose.under("below\nit");
        assert_eq!(prose.painted(Ink::Plain), "a\\u{1b}[31m\n\nTitle\n  below\n  it\n");
        assert_eq!(prose.painted(Ink::Coloured), "a\\u{1b}[31m\n\n\x1b[1mTitle\x1b[0m\n  below\n  it\n");
    }
}

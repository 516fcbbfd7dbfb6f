//! Lines of bounded length.

use std::io::{self, BufRead, Read};

/// Reads lines of bounded length, each with its number.
pub(crate) struct LineReader<R> {
    reader: R,
    max_bytes: usize,
    number: u64,
    line: Vec<u8>,
}

/// One line, without its end (`\n` or `\r\n`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    /// From 1.
    pub(crate) number: u64,
    /// Of a line that is too long its beginning, one byte more than allowed.
    pub(crate) text: &'a [u8],
}

impl<R: BufRead> LineReader<R> {
    pub(crate) fn new(reader: R, max_bytes: usize) -> Self {
        Self::after(reader, max_bytes, 0)
    }

    /// Where that many lines have been read already.
    pub(crate) fn after(reader: R, max_bytes: usize, number: u64) -> Self {
        Self { reader, max_bytes, number, line: Vec::new() }
    }

    /// Reads the next line that is not blank; false at the end.
    pub(crate) fn advance(&mut self) -> io::Result<bool> {
        loop {
            if !self.advance_any()? {
                return Ok(false);
            }
            if !self.line.trim_ascii().is_empty() {
                return Ok(true);
            }
        }
    }

    /// The line that was read last.
    pub(crate) fn line(&self) -> Line<'_> {
        Line { number: self.number, text: &self.line }
    }

    fn advance_any(&mut self) -> io::Result<bool> {
        self.line.clear();
        // Room for one byte too many and the end of the line.
        let most = self.max_bytes as u64 + 3;
        if (&mut self.reader).take(most).read_until(b'\n', &mut self.line)? == 0 {
            return Ok(false);
        }
        self.number += 1;
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
            if self.line.last() == Some(&b'\r') {
                self.line.pop();
            }
        } else if self.line.len() > self.max_bytes {
            self.skip_to_end_of_line()?;
        }
        self.line.truncate(self.max_bytes + 1);
        if self.number == 1 && self.line.starts_with(b"\xef\xbb\xbf") {
            self.line.drain(..3);
        }
        Ok(true)
    }

    fn skip_to_end_of_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                buffer => buffer?,
            };
            let (len, is_end) = match buffer.iter().position(|&byte| byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (buffer.len(), buffer.is_empty()),
            };
            self.reader.consume(len);
            if is_end {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::tests::Trickle;
    use proptest::prelude::*;
    use std::io::BufReader;

    fn lines(reader: impl BufRead, max_bytes: usize) -> Vec<(u64, Vec<u8>)> {
        let mut lines = LineReader::new(reader, max_bytes);
        let mut all = Vec::new();
        while lines.advance().unwrap() {
            all.push((lines.line().number, lines.line().text.to_vec()));
        }
        all
    }

    #[test]
    fn blank_lines_count_but_do_not_come() {
        let text = b"\xef\xbb\xbfa\n\r\n  \t\nb\r\n\nc";
        let expected: [(u64, &[u8]); 3] = [(1, b"a"), (4, b"b"), (6, b"c")];
        assert_eq!(lines(&text[..], 100), expected.map(|(number, line)| (number, line.to_vec())));
    }

    #[test]
    fn a_long_line_is_cut_and_the_next_one_is_whole() {
        let text = b"abcd\nabcde\nabcd\r\nabcde\r\nabcdefghij\nx";
        let expected = ["abcd", "abcde", "abcd", "abcde", "abcde", "x"];
        let all = lines(&text[..], 4);
        assert_eq!(all.iter().map(|(_, line)| &**line).collect::<Vec<_>>(), expected.map(str::as_bytes));
        assert_eq!(lines(&b"abcdefghij"[..], 4), [(1, b"abcde".to_vec())]);
    }

    proptest! {
        #[test]
        fn the_size_of_the_pieces_does_not_matter(
            text in "[ab{}\n\r ]{0,60}", piece in 1_usize..7, capacity in 1_usize..9, max_bytes in 1_usize..9
        ) {
            let whole = lines(text.as_bytes(), max_bytes);
            let pieces = lines(BufReader::with_capacity(capacity, Trickle(text.as_bytes(), piece)), max_bytes);
            prop_assert_eq!(&whole, &pieces);
            // The same by other code.
            let plain: Vec<Vec<u8>> = text
                .split('\n')
                .map(|line| line.strip_suffix('\r').unwrap_or(line).as_bytes())
                .filter(|line| !line[..line.len().min(max_bytes + 1)].trim_ascii().is_empty())
                .map(|line| line[..line.len().min(max_bytes + 1)].to_vec())
                .collect();
            // A last line without an end keeps its `\r`.
            if !text.ends_with('\r') {
                prop_assert_eq!(whole.into_iter().map(|(_, line)| line).collect::<Vec<_>>(), plain);
            }
        }
    }
}

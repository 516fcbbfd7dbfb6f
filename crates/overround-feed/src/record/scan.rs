//! One JSON object, taken apart: the text of every value, without reading what the values mean.
//!
//! Accepts what RFC 8259 accepts. Nesting costs memory, not stack.

use core::ops::Range;

/// A value of the object by its place in the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) kind: Kind,
    start: u32,
    end: u32,
}

/// What a value is. A key that is absent has the value `Absent`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    Absent,
    Null,
    True,
    False,
    Number,
    /// Its text is what stands between the quotes.
    String,
    /// A string with escapes: its text has the quotes.
    Escaped,
    /// An object or a list.
    Nested,
}

impl Value {
    pub(super) fn text(self, object: &str) -> &str {
        // Places come from a scan of the same text and lie between ASCII characters of it.
        object.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// Gives every key of a JSON object with its value, in order; `None` if the text is anything else. Texts are below 4 GiB.
pub(super) fn scan(text: &str, mut on_value: impl FnMut(&str, Value)) -> Option<()> {
    let mut scanner = Scanner { bytes: text.as_bytes(), at: 0 };
    scanner.skip_white();
    scanner.expect(b'{')?;
    scanner.skip_white();
    if scanner.peek()? == b'}' {
        scanner.at += 1;
    } else {
        loop {
            let key = scanner.key()?;
            let value = scanner.value()?;
            match key.kind {
                Kind::String => on_value(key.text(text), value),
                _ => on_value(&serde_json::from_str::<String>(key.text(text)).ok()?, value),
            }
            scanner.skip_white();
            match scanner.next()? {
                b',' => scanner.skip_white(),
                b'}' => break,
                _ => return None,
            }
        }
    }
    scanner.skip_white();
    if scanner.at == text.len() { Some(()) } else { None }
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        if self.next()? == byte { Some(()) } else { None }
    }

    fn skip_white(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// A key and its colon.
    fn key(&mut self) -> Option<Value> {
        let key = self.string()?;
        self.skip_white();
        self.expect(b':')?;
        Some(key)
    }

    fn value(&mut self) -> Option<Value> {
        self.skip_white();
        match self.peek()? {
            b'"' => self.string(),
            b'[' | b'{' => {
                let start = self.at;
                self.nested()?;
                value(Kind::Nested, start..self.at)
            }
            _ => self.plain(),
        }
    }

    /// A number or a word.
    fn plain(&mut self) -> Option<Value> {
        let start = self.at;
        let kind = match self.peek()? {
            b't' => self.word(b"true", Kind::True),
            b'f' => self.word(b"false", Kind::False),
            b'n' => self.word(b"null", Kind::Null),
            _ => self.number(),
        }?;
        value(kind, start..self.at)
    }

    fn word(&mut self, word: &[u8], kind: Kind) -> Option<Kind> {
        if self.bytes[self.at..].starts_with(word) {
            self.at += word.len();
            Some(kind)
        } else {
            None
        }
    }

    fn number(&mut self) -> Option<Kind> {
        self.at += usize::from(self.peek()? == b'-');
        if self.peek()? == b'0' {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(Kind::Number)
    }

    /// At least one digit.
    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at > start { Some(()) } else { None }
    }

    fn string(&mut self) -> Option<Value> {
        self.expect(b'"')?;
        let start = self.at;
        self.at = ordinary_until(self.bytes, start);
        if self.next()? == b'"' {
            return value(Kind::String, start..self.at - 1);
        }
        self.at -= 1;
        self.rest_of_escaped(start)
    }

    /// The string that began at `start`, from the first byte on that is not ordinary.
    #[cold]
    fn rest_of_escaped(&mut self, start: usize) -> Option<Value> {
        loop {
            match self.next()? {
                b'"' => return value(Kind::Escaped, start - 1..self.at),
                b'\\' => self.escape()?,
                // A control character.
                _ => return None,
            }
            self.at = ordinary_until(self.bytes, self.at);
        }
    }

    fn escape(&mut self) -> Option<()> {
        match self.next()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(()),
            b'u' => {
                let digits = self.bytes.get(self.at..self.at + 4)?;
                self.at += 4;
                if digits.iter().all(u8::is_ascii_hexdigit) { Some(()) } else { None }
            }
            _ => None,
        }
    }

    /// An object or a list, with all that is in it.
    fn nested(&mut self) -> Option<()> {
        // What closes what is open.
        let mut open = Vec::new();
        loop {
            self.skip_white();
            match self.peek()? {
                b'[' => {
                    self.at += 1;
                    self.skip_white();
                    if self.peek()? != b']' {
                        open.push(b']');
                        continue;
                    }
                    self.at += 1;
                }
                b'{' => {
                    self.at += 1;
                    self.skip_white();
                    if self.peek()? != b'}' {
                        open.push(b'}');
                        self.key()?;
                        continue;
                    }
                    self.at += 1;
                }
                b'"' => {
                    self.string()?;
                }
                _ => {
                    self.plain()?;
                }
            }
            // After a value, close what it closes.
            loop {
                let Some(&close) = open.last() else { return Some(()) };
                self.skip_white();
                match self.next()? {
                    b',' if close == b'}' => {
                        self.skip_white();
                        self.key()?;
                        break;
                    }
                    b',' => break,
                    byte if byte == close => {
                        open.pop();
                    }
                    _ => return None,
                }
            }
        }
    }
}

/// The next place from `at` on with a quote, a backslash or a control character, or the end; eight bytes at a time.
#[inline]
fn ordinary_until(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        // The lowest marked byte of each is the first that is zero, or below 0x20; marks above it may be wrong.
        let zero_in = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGHS;
        let marks = control | zero_in(word ^ (ONES * 0x22)) | zero_in(word ^ (ONES * 0x5c));
        if marks != 0 {
            return at + marks.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let is_ordinary = |byte: &u8| *byte >= 0x20 && *byte != b'"' && *byte != b'\\';
    at + bytes.get(at..).unwrap_or_default().iter().take_while(|byte| is_ordinary(byte)).count()
}

fn value(kind: Kind, place: Range<usize>) -> Option<Value> {
    Some(Value { kind, start: u32::try_from(place.start).ok()?, end: u32::try_from(place.end).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::value::RawValue;
    use std::collections::BTreeMap;

    /// The object's values by key as the JSON library sees them, the last of a repeated key; `None` if it sees no object.
    fn oracle(text: &str) -> Option<BTreeMap<String, String>> {
        let values: BTreeMap<String, Box<RawValue>> = serde_json::from_str(text).ok()?;
        Some(values.into_iter().map(|(key, value)| (key, value.get().to_owned())).collect())
    }

    fn scanned(text: &str) -> Option<BTreeMap<String, String>> {
        let mut values = BTreeMap::new();
        scan(text, |key, value| {
            let inner = value.text(text);
            let text = if value.kind == Kind::String { format!("\"{inner}\"") } else { inner.to_owned() };
            let is_right = match value.kind {
                Kind::Absent => false,
                Kind::Null => text == "null",
                Kind::True => text == "true",
                Kind::False => text == "false",
                Kind::Number => text.starts_with(|c: char| c == '-' || c.is_ascii_digit()),
                Kind::String | Kind::Escaped => {
                    text.starts_with('"') && text.contains('\\') == (value.kind == Kind::Escaped)
                }
                Kind::Nested => text.starts_with(['[', '{']),
            };
            assert!(is_right, "{value:?}: {text}");
            values.insert(key.to_owned(), text);
        })
        .map(|()| values)
    }

    #[track_caller]
    fn same(text: &str) {
        assert_eq!(scanned(text), oracle(text), "{text:?}");
    }

    #[test]
    fn corner_cases_are_those_of_the_library() {
        for text in [
            "",
            "{",
            "}",
            "{}",
            " {\t} \r\n",
            "{}}",
            "{} {}",
            "[]",
            "{,}",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{\"a\" :\n1 , \"b\":2}",
            "{\"a\":1 2}",
            "{a:1}",
            "{\"a\":1\"b\":2}",
            "{\"a\":-}",
            "{\"a\":-0}",
            "{\"a\":00}",
            "{\"a\":0.}",
            "{\"a\":.0}",
            "{\"a\":0.0}",
            "{\"a\":1e}",
            "{\"a\":1e+}",
            "{\"a\":1e+05}",
            "{\"a\":1E-999}",
            "{\"a\":1e999}",
            "{\"a\":1.5.5}",
            "{\"a\":0x1}",
            "{\"a\":+1}",
            "{\"a\":nul}",
            "{\"a\":nulls}",
            "{\"a\":True}",
            "{\"a\":true}",
            "{\"a\":false,\"a\":null}",
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\\u12\"}",
            "{\"a\":\"\\u12g4\"}",
            "{\"a\":\"\\ud800\"}",
            "{\"\\ud800\":1}",
            "{\"\\u0061\":1}",
            "{\"a\":\"\\\"\"}",
            "{\"a\":\"1234567\\\"\"}",
            "{\"a\":\"12345678\n\"}",
            "{\"a\":\"é\u{7f}\u{80}\"}",
            "{\"a\":\"\t\"}",
            "{\"a\":\"",
            "{\"a\":\"\\",
            "{\"a\":[]}",
            "{\"a\":[1,]}",
            "{\"a\":[,1]}",
            "{\"a\":[1 1]}",
            "{\"a\":[1,[2,{\"b\":[]}],{}]}",
            "{\"a\":[1}}",
            "{\"a\":{\"b\":1]}",
            "{\"a\":{\"b\"}}",
            "{\"a\":{\"b\":1,}}",
            "{\"a\":{1:1}}",
            "{\"a\":[",
            "{\"a\":[1",
            "{\"a\":{",
            "{\"a\":{\"b\"",
            "{\"a\":{\"b\":",
        ] {
            same(text);
        }
    }

    proptest! {
        #[test]
        fn any_text_of_json_characters_is_read_as_the_library_reads_it(text in "[{}\\[\\]\",:\\\\ 0-1eE.+\\-u\n\u{1}]{0,24}") {
            same(&text);
            same(&format!("{{\"a\":{text}}}"));
            same(&format!("{{\"a\":[{text}],\"b\":\"{text}\"}}"));
        }

        #[test]
        fn any_value_is_found(
            keys in proptest::collection::vec("\\PC{0,12}", 0..6),
            texts in proptest::collection::vec("[\\PC\"\\\\\u{0}-\u{1f}]{0,20}", 6),
            numbers in proptest::collection::vec(any::<f64>(), 6),
            is_pretty in any::<bool>(),
        ) {
            let values = keys.iter().zip(texts.iter().zip(&numbers)).map(|(key, (text, number))| {
                let value = match key.len() % 4 {
                    0 => serde_json::json!(text),
                    1 => serde_json::json!(number),
                    2 => serde_json::json!([null, {text: [number, {}]}]),
                    _ => serde_json::json!(true),
                };
                (key.clone(), value)
            });
            let object = serde_json::Value::Object(values.collect());
            let text = if is_pretty { serde_json::to_string_pretty(&object) } else { serde_json::to_string(&object) }.unwrap();
            prop_assert!(scanned(&text).is_some());
            same(&text);
            // And with one byte gone.
            for at in 0..text.len() {
                if text.is_char_boundary(at) && text.is_char_boundary(at + 1) {
                    same(&format!("{}{}", &text[..at], &text[at + 1..]));
                }
            }
        }
    }
}

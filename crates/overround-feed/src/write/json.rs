//! JSON objects, written key by key.

use overround_math::line::Line;

/// An open JSON object at the end of a buffer.
pub(crate) struct Object<'a> {
    out: &'a mut Vec<u8>,
    is_empty: bool,
}

impl<'a> Object<'a> {
    pub(crate) fn open(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, is_empty: true }
    }

    pub(crate) fn close(self) {
        self.out.push(b'}');
    }

    /// Writes a key, which needs no escapes, and gives the buffer for its value.
    pub(crate) fn key(&mut self, key: &str) -> &mut Vec<u8> {
        if !self.is_empty {
            self.out.push(b',');
        }
        self.is_empty = false;
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.out
    }

    /// Writes a key and a value, null where there is none.
    pub(crate) fn field(&mut self, key: &str, value: impl Json) {
        value.write(self.key(key));
    }

    /// Writes a key and a value, or nothing.
    pub(crate) fn field_if(&mut self, key: &str, value: Option<impl Json>) {
        if let Some(value) = value {
            self.field(key, value);
        }
    }

    /// Writes a key and a list, each item by `write`.
    pub(crate) fn list<T, E>(
        &mut self,
        key: &str,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(T, &mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        let out = self.key(key);
        out.push(b'[');
        for (i, item) in items.into_iter().enumerate() {
            if i > 0 {
                out.push(b',');
            }
            write(item, out)?;
        }
        out.push(b']');
        Ok(())
    }

    /// Writes a key and a list of values.
    pub(crate) fn values<T: Json>(&mut self, key: &str, items: impl IntoIterator<Item = T>) {
        let Ok(()) = self.list(key, items, |item, out| {
            item.write(out);
            Ok::<(), core::convert::Infallible>(())
        });
    }
}

/// What can stand as a JSON value.
pub(crate) trait Json {
    fn write(self, out: &mut Vec<u8>);
}

fn write_serde(value: impl serde::Serialize, out: &mut Vec<u8>) {
    serde_json::to_writer(out, &value).expect("numbers and strings can be written to a buffer");
}

impl Json for f64 {
    fn write(self, out: &mut Vec<u8>) {
        write_serde(self, out);
    }
}

impl Json for i64 {
    fn write(self, out: &mut Vec<u8>) {
        write_serde(self, out);
    }
}

impl Json for u64 {
    fn write(self, out: &mut Vec<u8>) {
        write_serde(self, out);
    }
}

impl Json for u32 {
    fn write(self, out: &mut Vec<u8>) {
        write_serde(self, out);
    }
}

impl Json for bool {
    fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(if self { b"true" } else { b"false" });
    }
}

impl Json for &str {
    fn write(self, out: &mut Vec<u8>) {
        write_serde(self, out);
    }
}

impl Json for Line {
    fn write(self, out: &mut Vec<u8>) {
        self.as_f64().write(out);
    }
}

impl<T: Json> Json for Option<T> {
    fn write(self, out: &mut Vec<u8>) {
        match self {
            Some(value) => value.write(out),
            None => out.extend_from_slice(b"null"),
        }
    }
}

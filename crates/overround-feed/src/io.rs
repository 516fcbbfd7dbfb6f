//! Files and standard streams, compressed or not. The only module that opens anything; all others read and write what they are given.

use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

/// Binary logarithm of the largest window that compressed input may need: 128 MiB.
const WINDOW_LOG_MAX: u32 = 27;
const BUFFER_BYTES: usize = 1 << 18;

/// Opens a file for reading, or standard input for `-`, and undoes its compression.
///
/// # Errors
/// If it cannot be opened or read.
pub fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    if path.as_os_str() == "-" { decompress(io::stdin().lock()) } else { decompress(File::open(path)?) }
}

/// Undoes gzip or zstd compression, whichever the first bytes show; other content passes as it is.
///
/// # Errors
/// If the first bytes cannot be read.
///
/// ```
/// use std::io::Read;
/// let mut text = String::new();
/// overround_feed::io::decompress(&b"{}\n"[..])?.read_to_string(&mut text)?;
/// assert_eq!(text, "{}\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn decompress<'a>(reader: impl Read + 'a) -> io::Result<Box<dyn BufRead + 'a>> {
    let mut reader = BufReader::with_capacity(BUFFER_BYTES, reader);
    let mut magic = [0; 4];
    let len = read_up_to(&mut reader, &mut magic)?;
    let is_zstd = len == 4 && (magic == [0x28, 0xb5, 0x2f, 0xfd] || is_skippable_frame(magic));
    let whole = io::Cursor::new(magic).take(len as u64).chain(reader);
    Ok(if magic[..2] == [0x1f, 0x8b] {
        Box::new(BufReader::with_capacity(BUFFER_BYTES, MultiGzDecoder::new(whole)))
    } else if is_zstd {
        let mut decoder = zstd::Decoder::with_buffer(whole)?;
        decoder.window_log_max(WINDOW_LOG_MAX)?;
        Box::new(BufReader::with_capacity(BUFFER_BYTES, decoder))
    } else {
        Box::new(whole)
    })
}

fn is_skippable_frame(magic: [u8; 4]) -> bool {
    magic[0] & 0xf0 == 0x50 && magic[1..] == [0x2a, 0x4d, 0x18]
}

/// Fills the buffer as far as the input goes; returns how far.
fn read_up_to(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut len = 0;
    while len < buffer.len() {
        match reader.read(&mut buffer[len..]) {
            Ok(0) => break,
            Ok(more) => len += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(len)
}

/// A file or standard output, compressed as the file's name ends: `.gz`, `.zst`, else plain.
///
/// [`Self::finish`] must be called at the end: what is dropped before may lack its last part.
pub struct Output(Kind);

enum Kind {
    Plain(BufWriter<Box<dyn Write>>),
    Gzip(GzEncoder<BufWriter<File>>),
    Zstd(zstd::Encoder<'static, BufWriter<File>>),
}

impl Output {
    /// Creates a file, or takes standard output for `-`.
    ///
    /// # Errors
    /// If the file cannot be created.
    pub fn create(path: &Path) -> io::Result<Self> {
        if path.as_os_str() == "-" {
            return Ok(Self(Kind::Plain(BufWriter::with_capacity(BUFFER_BYTES, Box::new(io::stdout().lock())))));
        }
        let file = File::create(path)?;
        let buffered = |file| BufWriter::with_capacity(BUFFER_BYTES, file);
        Ok(Self(match path.extension().and_then(|extension| extension.to_str()) {
            Some("gz") => Kind::Gzip(GzEncoder::new(buffered(file), flate2::Compression::default())),
            Some("zst") => Kind::Zstd(zstd::Encoder::new(buffered(file), zstd::DEFAULT_COMPRESSION_LEVEL)?),
            _ => Kind::Plain(BufWriter::with_capacity(BUFFER_BYTES, Box::new(file))),
        }))
    }

    /// Writes what is still in buffers and closes.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(self) -> io::Result<()> {
        match self.0 {
            Kind::Plain(mut writer) => writer.flush(),
            Kind::Gzip(encoder) => encoder.finish()?.flush(),
            Kind::Zstd(encoder) => encoder.finish()?.flush(),
        }
    }
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Kind::Plain(_) => "Output(plain)",
            Kind::Gzip(_) => "Output(gzip)",
            Kind::Zstd(_) => "Output(zstd)",
        })
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Kind::Plain(writer) => writer.write(bytes),
            Kind::Gzip(encoder) => encoder.write(bytes),
            Kind::Zstd(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Kind::Plain(writer) => writer.flush(),
            Kind::Gzip(encoder) => encoder.flush(),
            Kind::Zstd(encoder) => encoder.flush(),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Gives its bytes in pieces of a few, as a network does.
    pub(crate) struct Trickle<'a>(pub(crate) &'a [u8], pub(crate) usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let len = self.1.min(buffer.len()).min(self.0.len());
            buffer[..len].copy_from_slice(&self.0[..len]);
            self.0 = &self.0[len..];
            Ok(len)
        }
    }

    /// Is interrupted before each of its pieces, as by a signal.
    pub(crate) struct Restless<R>(pub(crate) R, pub(crate) bool);

    impl<R: Read> Read for Restless<R> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 { Err(io::ErrorKind::Interrupted.into()) } else { self.0.read(buffer) }
        }
    }

    /// Cannot be read: to be chained to what can.
    pub(crate) struct Broken;

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn read_all(reader: impl Read) -> (Vec<u8>, Option<io::ErrorKind>) {
        let mut back = Vec::new();
        let result = decompress(reader).and_then(|mut reader| reader.read_to_end(&mut back));
        (back, result.err().map(|error| error.kind()))
    }

    /// Else a feed that was cut would pass for a short one.
    #[test]
    fn compressed_content_that_was_cut_is_an_error() {
        let text: Vec<u8> = (0..2_000_u32).flat_map(|n| format!("{n} ").into_bytes()).collect();
        for (bytes, magic) in [(gzip(&text), 2), (zstd::encode_all(&*text, 1).unwrap(), 4)] {
            assert_eq!(read_all(&*bytes), (text.clone(), None));
            for len in magic..bytes.len() {
                let (back, error) = read_all(&bytes[..len]);
                assert_eq!(error, Some(io::ErrorKind::UnexpectedEof), "{len} of {}", bytes.len());
                assert!(text.starts_with(&back));
            }
        }
    }

    #[test]
    fn gzip_that_was_changed_is_an_error() {
        let mut bytes = gzip(b"some text");
        let at = bytes.len() - 6;
        bytes[at] ^= 1; // its check sum
        assert_eq!(read_all(&*bytes).1, Some(io::ErrorKind::InvalidInput));
    }

    /// The frame of an empty text with a window of 2^n bytes, by RFC 8878: magic number, descriptor, window, last block of no bytes.
    #[test]
    fn a_window_beyond_128_mib_is_refused() {
        let frame = |log: u8| [0x28, 0xb5, 0x2f, 0xfd, 0, (log - 10) << 3, 1, 0, 0];
        assert_eq!(read_all(&frame(27)[..]), (vec![], None));
        let error = decompress(&frame(28)[..]).unwrap().read_to_end(&mut Vec::new()).unwrap_err().to_string();
        assert!(error.contains("memory"), "{error}");
    }

    #[test]
    fn interruptions_do_not_matter_and_errors_come_through() {
        let text = b"some text\n".repeat(100);
        for bytes in [text.clone(), gzip(&text), zstd::encode_all(&*text, 1).unwrap()] {
            assert_eq!(read_all(Restless(Trickle(&bytes, 3), false)), (text.clone(), None));
            for len in [0, 2, bytes.len() / 2] {
                let error =
                    decompress(bytes[..len].chain(Broken)).and_then(|mut reader| reader.read_to_end(&mut Vec::new()));
                assert_eq!(error.unwrap_err().to_string(), "the disk is gone");
            }
        }
    }

    #[test]
    fn what_is_flushed_is_in_the_file_before_it_is_finished() {
        let dir = std::env::temp_dir().join(format!("overround-feed-flush-{}", std::process::id()));
        assert!(Output::create(&dir.join("a")).is_err(), "there is no such directory");
        std::fs::create_dir_all(&dir).unwrap();
        for (name, shown) in [("a", "Output(plain)"), ("a.gz", "Output(gzip)"), ("a.zst", "Output(zstd)")] {
            let path = dir.join(name);
            let mut output = Output::create(&path).unwrap();
            assert_eq!(format!("{output:?}"), shown);
            output.write_all(b"one ").unwrap();
            output.flush().unwrap();
            let (back, error) = read_all(File::open(&path).unwrap());
            assert_eq!(back, b"one ");
            assert_eq!(error.is_some(), name != "a", "what is compressed lacks its end");
            output.write_all(b"two").unwrap();
            output.finish().unwrap();
            assert_eq!(read_all(File::open(&path).unwrap()), (b"one two".to_vec(), None));
        }
        std::fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn what_is_compressed_by_name_is_recognised_by_content() {
        let dir = std::env::temp_dir().join(format!("overround-feed-io-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let text = b"some text\n".repeat(10_000);
        for (name, magic) in [("a.txt", &b"some"[..]), ("a.gz", b"\x1f\x8b"), ("a.ndjson.zst", b"\x28\xb5\x2f\xfd")] {
            let path = dir.join(name);
            let mut output = Output::create(&path).unwrap();
            output.write_all(&text).unwrap();
            output.finish().unwrap();
            assert!(std::fs::read(&path).unwrap().starts_with(magic), "{name}");
            let mut back = Vec::new();
            open(&path).unwrap().read_to_end(&mut back).unwrap();
            assert_eq!(back, text, "{name}");
        }
        std::fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn parts_that_were_compressed_one_by_one_are_read_as_one() {
        let zstd = |text: &[u8]| zstd::encode_all(text, 1).unwrap();
        for parts in [[gzip(b"one "), gzip(b"two")], [zstd(b"one "), zstd(b"two")]] {
            let mut back = Vec::new();
            decompress(&*parts.concat()).unwrap().read_to_end(&mut back).unwrap();
            assert_eq!(back, b"one two");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_give_bytes_or_an_error(
            magic in prop_oneof![Just(vec![0x1f, 0x8b]), Just(vec![0x28, 0xb5, 0x2f, 0xfd]), Just(vec![])],
            rest in proptest::collection::vec(any::<u8>(), 0..200),
            piece in 1_usize..9,
        ) {
            let bytes = [magic, rest].concat();
            let mut back = Vec::new();
            if let Ok(mut reader) = decompress(Trickle(&bytes, piece)) {
                let _ = (&mut reader).take(1 << 20).read_to_end(&mut back);
            }
        }
    }
}

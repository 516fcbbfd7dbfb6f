//! Configurations, and feeds in pieces.

use overround::Engine;
use overround_feed::config::{ConfigFile, load};
use overround_feed::{Feed, io};
use std::io::{BufReader, Read};

/// A configuration file, and after a zero byte an assignment: a configuration that an engine takes, or an error that is one line and
/// says where.
pub fn config(data: &[u8]) {
    let mut parts = data.split(|&byte| byte == 0).map(String::from_utf8_lossy);
    let text = parts.next().unwrap_or_default();
    let assignments: Vec<_> = parts.take(4).collect();
    let assignments: Vec<&str> = assignments.iter().map(AsRef::as_ref).collect();
    match load(Some(ConfigFile { name: "fuzz.toml", text: &text }), &assignments) {
        Ok(loaded) => {
            assert!(!loaded.profile_names.is_empty());
            let again = load(Some(ConfigFile { name: "fuzz.toml", text: &text }), &assignments);
            assert_eq!(again.as_ref(), Ok(&loaded), "the same text twice");
            Engine::new(loaded.config).expect("what is loaded can be used");
        }
        Err(error) => {
            let said = error.to_string();
            assert!(said.starts_with("fuzz.toml") || said.starts_with("--set "), "{said}");
        }
    }
}

/// A file of any format, perhaps compressed, in pieces as a network gives them: the same items as in one piece. The first byte says how
/// large pieces are, the second how much is read ahead.
pub fn feed_chunks(data: &[u8]) {
    let [piece, ahead, rest @ ..] = data else { return };
    let piece = usize::from(*piece).max(1);
    let ahead = usize::from(*ahead).max(1);
    let mut whole = items(rest);
    let mut pieces = items(BufReader::with_capacity(ahead, Pieces { rest, piece }));
    // How much of a damaged compressed file comes before the error is the decoder's business, and differs with the pieces.
    if [&whole, &pieces].iter().any(|items| items.last().is_some_and(|last| last == UNREADABLE)) {
        let shorter = whole.len().min(pieces.len()) - 1;
        whole.truncate(shorter);
        pieces.truncate(shorter);
    }
    assert_eq!(whole, pieces, "whole, and in pieces of {piece} read {ahead} ahead");
}

const UNREADABLE: &str = "unreadable";

/// Everything a reader gives, and how it ended. What compression blows up is cut.
fn items(reader: impl Read) -> Vec<String> {
    const MOST_BYTES: u64 = 1 << 20;
    let mut items = Vec::new();
    let ended = (|| {
        let reader = BufReader::new(io::decompress(reader)?.take(MOST_BYTES));
        let mut feed = Feed::detect(Box::new(reader), |format| format)?;
        while let Some(item) = feed.next_item()? {
            items.push(format!("{item:?}"));
        }
        Ok::<(), overround_feed::FeedError>(())
    })();
    items.push(match ended {
        Ok(()) => "the end".to_owned(),
        Err(overround_feed::FeedError::Io(_)) => UNREADABLE.to_owned(),
        Err(error) => error.to_string(),
    });
    items
}

struct Pieces<'a> {
    rest: &'a [u8],
    piece: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let len = self.piece.min(buffer.len()).min(self.rest.len());
        buffer[..len].copy_from_slice(&self.rest[..len]);
        self.rest = &self.rest[len..];
        Ok(len)
    }
}

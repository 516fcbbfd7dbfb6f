//! Several feeds as one.

use super::{Feed, FeedError, Item, Peek};

/// Several feeds merged by the records' own times; at ties in the order in which they are listed.
///
/// Within a feed the order stays, also where its times run backwards. A line that is rejected has no time: it comes as soon as it is
/// the next of its feed.
#[derive(Debug)]
pub struct Feeds<'r> {
    feeds: Vec<Feed<'r>>,
    /// By feed: its next item, if it has been looked at.
    heads: Vec<Head>,
}

#[derive(Clone, Copy, Debug)]
enum Head {
    Unknown,
    Next(Peek),
    End,
}

impl<'r> Feeds<'r> {
    /// A merge of feeds.
    #[must_use]
    pub fn new(feeds: Vec<Feed<'r>>) -> Self {
        let heads = vec![Head::Unknown; feeds.len()];
        Self { feeds, heads }
    }

    /// The next item of all; `None` when all are at their end.
    ///
    /// # Errors
    /// If a feed cannot be read on.
    pub fn next_item(&mut self) -> Result<Option<Item<'_>>, FeedError> {
        let input = if self.feeds.len() == 1 { Some(0) } else { self.next_input()? };
        let Some(input) = input else { return Ok(None) };
        self.heads[input] = Head::Unknown;
        Ok(self.feeds[input].next_item()?.map(|item| Item { input, ..item }))
    }

    /// How many markets of other formats were left out because they have no counterpart in ours.
    #[must_use]
    pub fn skipped_markets(&self) -> u64 {
        self.feeds.iter().map(Feed::skipped_markets).sum()
    }

    fn next_input(&mut self) -> Result<Option<usize>, FeedError> {
        let mut first = None;
        for (input, (feed, head)) in self.feeds.iter_mut().zip(&mut self.heads).enumerate() {
            if let Head::Unknown = head {
                *head = feed.peek()?.map_or(Head::End, Head::Next);
            }
            match *head {
                Head::Next(Peek::Rejected) => return Ok(Some(input)),
                Head::Next(Peek::At(ts)) if first.is_none_or(|(_, earliest)| ts < earliest) => {
                    first = Some((input, ts))
                }
                _ => {}
            }
        }
        Ok(first.map(|(input, _)| input))
    }
}

//! When something happens by the passing of time alone.
//!
//! A heap of (time, kind, who). Entries are not searched or removed one by one: whoever armed one remembers for when, and an entry whose
//! owner has since been armed for another time is dropped when it comes up, or when such entries outnumber the others. Feeding an unchanged price therefore never touches
//! the heap: the owner's recorded time is allowed to be early, and firing early does nothing but arm again.

use crate::time::Timestamp;
use alloc::collections::BinaryHeap;
use core::cmp::Reverse;

/// Why [`Engine::next_deadline`](crate::Engine::next_deadline) wants a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DeadlineKind {
    /// A fixture starts.
    Start,
    /// A quote may have become too old, or a warning may change with the ages of legs.
    Age,
    /// A source's role may change.
    Role,
    /// A candidate has stood long enough to be told.
    Confirm,
    /// A snapshot or hold has been open too long.
    Hold,
    /// A fixture is forgotten.
    Retention,
}

impl DeadlineKind {
    /// All of them, in the order in which those of one time fire.
    pub const ALL: [Self; 6] = [Self::Start, Self::Age, Self::Role, Self::Confirm, Self::Hold, Self::Retention];
}

/// One entry: when, why, and the dense id of its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Deadline {
    pub(crate) at: Timestamp,
    pub(crate) kind: DeadlineKind,
    pub(crate) owner: u32,
}

/// The heap.
#[derive(Debug, Default)]
pub(crate) struct Deadlines {
    heap: BinaryHeap<Reverse<Deadline>>,
    /// How many were left when it was last swept.
    swept: usize,
}

impl Deadlines {
    pub(crate) fn push(&mut self, at: Timestamp, kind: DeadlineKind, owner: u32) {
        self.heap.push(Reverse(Deadline { at, kind, owner }));
    }

    pub(crate) fn peek(&self) -> Option<Deadline> {
        self.heap.peek().map(|&Reverse(deadline)| deadline)
    }

    /// Has it grown so much since it was last swept that it may be full of entries nobody waits for?
    pub(crate) fn is_overgrown(&self) -> bool {
        self.heap.len() > 1024 + 2 * self.swept
    }

    /// Drops the entries whose owner is not armed for them, and repetitions.
    pub(crate) fn sweep(&mut self, is_armed: impl Fn(&Deadline) -> bool) {
        let mut kept = core::mem::take(&mut self.heap).into_vec();
        kept.retain(|Reverse(deadline)| is_armed(deadline));
        kept.sort_unstable();
        kept.dedup();
        self.swept = kept.len();
        kept.shrink_to(2 * self.swept);
        self.heap = kept.into();
    }

    pub(crate) fn bytes(&self) -> usize {
        self.heap.capacity() * size_of::<Deadline>()
    }

    pub(crate) fn pop(&mut self) -> Option<Deadline> {
        self.heap.pop().map(|Reverse(deadline)| deadline)
    }
}

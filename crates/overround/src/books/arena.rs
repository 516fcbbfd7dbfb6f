//! Memory for the markets' blocks: words in whole cache lines, in chunks that never move.
//!
//! Growing never copies what is there, so that no call pays for all that came before. What is given back is used again for
//! blocks of the same size.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Words of 8 bytes in a cache line.
pub(crate) const LINE: usize = 8;

/// Lines of a chunk: 256 kB.
const CHUNK: usize = 4096;

/// Blocks of lines, by the number of their first line.
#[derive(Debug, Default)]
pub(crate) struct Arena {
    chunks: Vec<Chunk>,
    /// Lines of the last chunk that were handed out.
    used: usize,
    /// First lines of blocks that were given back, by how many lines they have.
    free: BTreeMap<usize, Vec<u32>>,
}

#[derive(Debug)]
struct Chunk {
    words: Vec<u64>,
    /// Words before the first that begins a cache line.
    before: usize,
}

impl Chunk {
    fn new(lines: usize) -> Self {
        let words = alloc::vec![0; lines * LINE + LINE - 1];
        let before = words.as_ptr().align_offset(size_of::<[u64; LINE]>()).min(LINE - 1);
        Self { words, before }
    }
}

impl Arena {
    /// A block of zeros.
    pub(crate) fn allocate(&mut self, lines: usize) -> u32 {
        if let Some(first) = self.free.get_mut(&lines).and_then(Vec::pop) {
            return first;
        }
        // A block that is larger than a chunk has one of its own.
        if self.chunks.is_empty() || self.used + lines > CHUNK {
            self.chunks.push(Chunk::new(lines.max(CHUNK)));
            self.used = 0;
        }
        let first = (self.chunks.len() - 1) * CHUNK + self.used;
        self.used += lines;
        u32::try_from(first).expect("2³² lines are 256 GiB")
    }

    /// Takes a block back.
    pub(crate) fn release(&mut self, first: u32, lines: usize) {
        self.block_mut(first)[..lines * LINE].fill(0);
        self.free.entry(lines).or_default().push(first);
    }

    /// The words of a block, and of those after it: how long it is, its owner knows.
    #[inline(always)]
    pub(crate) fn block(&self, first: u32) -> &[u64] {
        let chunk = &self.chunks[first as usize / CHUNK];
        &chunk.words[chunk.before + first as usize % CHUNK * LINE..]
    }

    /// As [`block`](Self::block), to write.
    #[inline(always)]
    pub(crate) fn block_mut(&mut self, first: u32) -> &mut [u64] {
        let chunk = &mut self.chunks[first as usize / CHUNK];
        &mut chunk.words[chunk.before + first as usize % CHUNK * LINE..]
    }

    /// Reads a word of each of the `LINES` lines from there on, as far as the chunk goes.
    #[inline(always)]
    pub(crate) fn warm<const LINES: usize>(&self, first: u32) -> u64 {
        let Some(chunk) = self.chunks.get(first as usize / CHUNK) else { return 0 };
        let at = chunk.before + first as usize % CHUNK * LINE;
        let Some(words) = chunk.words.get(at..at + LINES * LINE) else { return 0 };
        (0..LINES).fold(0, |sum, line| sum ^ words[line * LINE])
    }

    /// A word of the chunk in which a line is, so many words after that line; 0 if there is none.
    #[inline(always)]
    pub(crate) fn read(&self, first: u32, word: usize) -> u64 {
        let Some(chunk) = self.chunks.get(first as usize / CHUNK) else { return 0 };
        chunk.words.get(chunk.before + first as usize % CHUNK * LINE + word).copied().unwrap_or(0)
    }

    /// Bytes of all blocks, free ones included.
    pub(crate) fn bytes(&self) -> usize {
        let words: usize = self.chunks.iter().map(|chunk| chunk.words.capacity()).sum();
        let free: usize = self.free.values().map(|list| list.capacity() * size_of::<u32>()).sum();
        words * size_of::<u64>() + free + self.chunks.capacity() * size_of::<Chunk>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_apart_begin_a_cache_line_and_come_back_empty() {
        let mut arena = Arena::default();
        let sizes = [1, 7, 15, CHUNK - 30, 15, CHUNK + 5, 1, 200];
        let blocks = sizes.map(|lines| arena.allocate(lines));
        for (value, (&first, &lines)) in (1..).zip(blocks.iter().zip(&sizes)) {
            assert!(arena.block(first)[..lines * LINE].iter().all(|&word| word == 0));
            assert_eq!(arena.block(first).as_ptr().align_offset(64), 0);
            arena.block_mut(first)[..lines * LINE].fill(value);
        }
        for (value, (&first, &lines)) in (1..).zip(blocks.iter().zip(&sizes)) {
            assert!(arena.block(first)[..lines * LINE].iter().all(|&word| word == value));
        }
        let bytes = arena.bytes();
        arena.release(blocks[2], 15);
        arena.release(blocks[5], CHUNK + 5);
        assert_eq!((arena.allocate(CHUNK + 5), arena.allocate(15)), (blocks[5], blocks[2]));
        assert!(arena.block(blocks[2])[..15 * LINE].iter().all(|&word| word == 0));
        assert!(arena.bytes() < bytes + 1024);
    }
}

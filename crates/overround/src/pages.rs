//! A growing list of things that come and go, by dense id.
//!
//! Ids are never used again, so a plain list would keep a place for everything that ever was. Here places lie in pages, and a page
//! whose things are all gone is given back. The list of pages itself begins at the first page that holds something, as long as nothing
//! outlives very much of what came after it: an id that is gone in between costs half a byte.

use alloc::vec::Vec;
use core::ops::{Index, IndexMut};

/// Things in a page.
const PAGE: usize = 64;

/// What is known of an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known<T> {
    /// Here it is.
    Here(T),
    /// It was defined and is gone.
    Gone,
    /// It was never defined.
    Never,
}

impl<T> Known<T> {
    /// What is here, if it is.
    pub(crate) fn here(self) -> Option<T> {
        match self {
            Self::Here(thing) => Some(thing),
            Self::Gone | Self::Never => None,
        }
    }
}

/// Things by dense id. Indexing with an id that is not here is a broken invariant and panics.
#[derive(Debug)]
pub(crate) struct Pages<T> {
    /// How many things are held, in all pages.
    held: usize,
    /// How many pages before those listed are gone.
    before: usize,
    pages: Vec<Page<T>>,
    /// How many at the front of the list hold nothing.
    empty_in_front: usize,
    len: usize,
}

#[derive(Debug)]
struct Page<T> {
    places: Vec<Option<T>>,
    held: usize,
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self { held: 0, before: 0, pages: Vec::new(), empty_in_front: 0, len: 0 }
    }
}

impl<T> Pages<T> {
    /// How many ids have been given out.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Gives the next id to a thing.
    pub(crate) fn push(&mut self, thing: T) {
        self.extend(Some(thing));
    }

    /// Gives out ids up to `len` to things that are gone.
    pub(crate) fn skip_to(&mut self, len: usize) {
        while self.len < len {
            let whole = (len - self.len) / PAGE;
            if !self.len.is_multiple_of(PAGE) || whole == 0 {
                self.extend(None);
            } else if self.pages.is_empty() {
                self.before += whole;
                self.len += whole * PAGE;
            } else {
                self.pages.push(Page { places: Vec::new(), held: 0 });
                self.len += PAGE;
            }
        }
    }

    /// Puts a thing in its place, whatever was there.
    pub(crate) fn put(&mut self, index: usize, thing: T) {
        self.skip_to(index + 1);
        while index / PAGE < self.before {
            self.before -= 1;
            self.pages.insert(0, Page { places: Vec::new(), held: 0 });
            self.empty_in_front += 1;
        }
        let at = index / PAGE - self.before;
        self.empty_in_front = self.empty_in_front.min(at);
        let page = &mut self.pages[at];
        if page.places.is_empty() {
            page.places.resize_with(PAGE, || None);
        }
        let is_new = usize::from(page.places[index % PAGE].is_none());
        page.held += is_new;
        self.held += is_new;
        page.places[index % PAGE] = Some(thing);
    }

    /// Takes a thing out, if it is here.
    pub(crate) fn release(&mut self, index: usize) {
        let Some(at) = (index / PAGE).checked_sub(self.before) else { return };
        let Some(page) = self.pages.get_mut(at) else { return };
        if page.places.get_mut(index % PAGE).and_then(Option::take).is_some() {
            page.held -= 1;
            self.held -= 1;
        }
        self.give_back(at);
    }

    #[inline]
    pub(crate) fn get(&self, index: usize) -> Known<&T> {
        if index >= self.len {
            return Known::Never;
        }
        let page = (index / PAGE).checked_sub(self.before).and_then(|at| self.pages.get(at));
        match page.and_then(|page| page.places.get(index % PAGE)) {
            Some(Some(thing)) => Known::Here(thing),
            _ => Known::Gone,
        }
    }

    /// What is here, to change.
    #[inline(always)]
    pub(crate) fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        let at = (index / PAGE).checked_sub(self.before)?;
        self.pages.get_mut(at)?.places.get_mut(index % PAGE)?.as_mut()
    }

    /// Everything that is here, with its index, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &T)> {
        (self.before * PAGE..).step_by(PAGE).zip(&self.pages).flat_map(|(first, page)| {
            (first..).zip(&page.places).filter_map(|(index, place)| place.as_ref().map(|thing| (index, thing)))
        })
    }

    /// Everything that is here, with its index, in order.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (usize, &mut T)> {
        (self.before * PAGE..).step_by(PAGE).zip(&mut self.pages).flat_map(|(first, page)| {
            (first..).zip(&mut page.places).filter_map(|(index, place)| place.as_mut().map(|thing| (index, thing)))
        })
    }

    /// The page of an id.
    pub(crate) const fn page_of(index: usize) -> usize {
        index / PAGE
    }

    /// How many pages that many ids take.
    pub(crate) const fn pages_for(len: usize) -> usize {
        len.div_ceil(PAGE)
    }

    /// The first page that holds something (or, if none does, the end), and how many things are here page by page from there.
    pub(crate) fn held_by_page(&self) -> (usize, Vec<u8>) {
        let held = self.pages.iter().map(|page| u8::try_from(page.held).expect("a page has 64 places"));
        let empty = self.pages.iter().take_while(|page| page.held == 0).count();
        (self.before + empty, held.skip(empty).collect())
    }

    /// How many things are here.
    pub(crate) fn held(&self) -> usize {
        self.held
    }

    /// Bytes of the pages themselves.
    pub(crate) fn bytes(&self) -> usize {
        let places: usize = self.pages.iter().map(|page| page.places.capacity()).sum();
        places * size_of::<Option<T>>() + self.pages.capacity() * size_of::<Page<T>>()
    }

    fn extend(&mut self, thing: Option<T>) {
        if self.len.is_multiple_of(PAGE) {
            self.pages.push(Page { places: Vec::new(), held: 0 });
        }
        let index = self.len / PAGE - self.before;
        let page = &mut self.pages[index];
        page.held += usize::from(thing.is_some());
        self.held += usize::from(thing.is_some());
        page.places.push(thing);
        self.len += 1;
        self.give_back(index);
    }

    /// Frees a page that is full of nothing.
    fn give_back(&mut self, index: usize) {
        let page = &mut self.pages[index];
        if page.held == 0 && page.places.len() == PAGE {
            page.places = Vec::new();
        }
        if index == self.empty_in_front {
            let is_empty = |page: &&Page<T>| page.held == 0 && page.places.is_empty();
            self.empty_in_front += self.pages[index..].iter().take_while(is_empty).count();
        }
        // Half of the list, so that a page is moved a bounded number of times.
        if self.empty_in_front > 0 && 2 * self.empty_in_front >= self.pages.len() {
            self.pages.drain(..self.empty_in_front);
            self.before += self.empty_in_front;
            self.empty_in_front = 0;
        }
    }
}

impl<T> Index<usize> for Pages<T> {
    type Output = T;

    #[inline]
    fn index(&self, index: usize) -> &T {
        self.pages[index / PAGE - self.before].places[index % PAGE].as_ref().expect("what is indexed is here")
    }
}

impl<T> IndexMut<usize> for Pages<T> {
    #[inline]
    fn index_mut(&mut self, index: usize) -> &mut T {
        self.pages[index / PAGE - self.before].places[index % PAGE].as_mut().expect("what is indexed is here")
    }
}

#[cfg(test)]
mod tests {
    use super::{Known, PAGE, Pages};
    use alloc::vec::Vec;

    #[test]
    fn what_is_gone_is_known_and_costs_no_page() {
        let mut pages = Pages::default();
        (0..3 * PAGE).for_each(|n| pages.push(n));
        let empty = Pages::<usize>::default().bytes();
        (0..3 * PAGE).for_each(|n| pages.release(n));
        assert_eq!((pages.len(), pages.held(), pages.iter().count()), (3 * PAGE, 0, 0));
        assert!(pages.pages.iter().all(|page| page.places.capacity() == 0) && empty == 0);
        assert_eq!(pages.get(0), Known::Gone);
        assert_eq!(pages.get(3 * PAGE), Known::Never);
        pages.push(7);
        assert_eq!((pages.get(3 * PAGE), pages[3 * PAGE]), (Known::Here(&7), 7));
    }

    #[test]
    fn a_page_that_fills_up_with_things_already_gone_is_given_back() {
        let mut pages = Pages::default();
        for n in 0..PAGE {
            pages.push(n);
            pages.release(n);
            pages.release(n);
        }
        assert_eq!((pages.held(), pages.pages.len(), pages.before), (0, 0, 1));
        pages.skip_to(2 * PAGE + 3);
        assert_eq!(pages.get(PAGE + 1), Known::Gone);
        pages.push(9);
        assert_eq!(pages.iter().collect::<Vec<_>>(), [(2 * PAGE + 3, &9)]);
        pages.iter_mut().for_each(|(_, thing)| *thing += 1);
        pages.put(1, 5);
        assert_eq!((pages[1], pages[2 * PAGE + 3], pages.held()), (5, 10, 2));
    }

    /// Against a plain list of what is here, in random order.
    #[test]
    fn it_is_a_list_that_forgets() {
        let mut state = 7_u64;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).expect("31 bits") % below
        };
        for _ in 0..50 {
            let (mut pages, mut plain): (Pages<usize>, Vec<Option<usize>>) = (Pages::default(), Vec::new());
            for n in 0..2_000 {
                match random(20) {
                    0 => {
                        let len = plain.len() + random(3 * PAGE);
                        pages.skip_to(len);
                        plain.resize(len, None);
                    }
                    1 => {
                        let index = random(plain.len() + 10);
                        pages.put(index, n);
                        plain.resize(plain.len().max(index + 1), None);
                        plain[index] = Some(n);
                    }
                    2..12 if !plain.is_empty() => {
                        let index = if random(2) == 0 { random(plain.len()) } else { random(1 + plain.len() / 8) };
                        pages.release(index);
                        plain[index] = None;
                    }
                    _ => {
                        pages.push(n);
                        plain.push(Some(n));
                    }
                }
                let index = random(plain.len() + 2);
                let expected = match plain.get(index) {
                    None => Known::Never,
                    Some(None) => Known::Gone,
                    Some(Some(thing)) => Known::Here(thing),
                };
                assert_eq!(pages.get(index), expected);
            }
            let here: Vec<(usize, usize)> = plain.iter().enumerate().filter_map(|(i, it)| Some((i, (*it)?))).collect();
            assert_eq!(pages.iter().map(|(i, it)| (i, *it)).collect::<Vec<_>>(), here);
            assert_eq!((pages.len(), pages.held()), (plain.len(), here.len()));
            let first = here.first().map_or(plain.len().div_ceil(PAGE), |(index, _)| index / PAGE);
            let (from, held) = pages.held_by_page();
            assert_eq!((from, from + held.len()), (first, plain.len().div_ceil(PAGE)));
        }
    }
}

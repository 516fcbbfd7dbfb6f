//! State as bytes: what a snapshot is written in, and the digest is taken over.
//!
//! Little-endian numbers of fixed width, one after the other; lists after their length; alternatives after a number that says which.
//! Equal values give equal bytes on every machine. It is our own because the digest promises them: a library's next version
//! must not move them, and the engine's default build has no dependency for formats.

mod values;

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

/// Bytes that no engine writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Damaged;

/// What has one form as bytes.
pub(crate) trait Code: Sized {
    /// Appends it.
    fn put(&self, to: &mut Vec<u8>);

    /// Takes it from the front.
    fn take(from: &mut Bytes<'_>) -> Result<Self, Damaged>;
}

/// What is left to read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl Bytes<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], Damaged> {
        let (first, rest) = self.0.split_first_chunk::<N>().ok_or(Damaged)?;
        self.0 = rest;
        Ok(*first)
    }

    /// Nothing may be left at the end.
    pub(crate) fn finish(self) -> Result<(), Damaged> {
        if self.0.is_empty() { Ok(()) } else { Err(Damaged) }
    }
}

macro_rules! numbers {
    ($($type:ty),*) => {
        $(
            impl Code for $type {
                fn put(&self, to: &mut Vec<u8>) {
                    to.extend_from_slice(&self.to_le_bytes());
                }

                fn take(from: &mut Bytes<'_>) -> Result<Self, Damaged> {
                    from.array().map(<$type>::from_le_bytes)
                }
            }
        )*
    };
}

numbers!(u8, u16, u32, u64, i32, i64, f64);

impl Code for bool {
    fn put(&self, to: &mut Vec<u8>) {
        u8::from(*self).put(to);
    }

    fn take(from: &mut Bytes<'_>) -> Result<Self, Damaged> {
        match u8::take(from)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Damaged),
        }
    }
}

impl<T: Code> Code for Option<T> {
    fn put(&self, to: &mut Vec<u8>) {
        self.is_some().put(to);
        self.iter().for_each(|value| value.put(to));
    }

    fn take(from: &mut Bytes<'_>) -> Result<Self, Damaged> {
        if bool::take(from)? { T::take(from).map(Some) } else { Ok(None) }
    }
}

impl<T: Code> Code for Box<T> {
    fn put(&self, to: &mut Vec<u8>) {
        T::put(self, to);
    }

    fn take(from: &mut Bytes<'_>) -> Result<Self, Damaged> {
        T::take(from).map(Self::new)
    }
}

impl<A: Code, B: Code> Code for (A, B) {
    fn put(&self, to: &mut Vec<u8>) {
        self.0.put(to);
        self.1.put(to);
    }

    fn take(from: &mut Bytes<'_>) -> Result<Self, Damaged> {
        Ok((A::take(from)?, B::take(from)?))
    }
}

impl<T: Code> Code for Vec<T> {
    fn put(&self, to: &mut Vec<u8>) {
        put_len(self.len(), to);
        self.iter().for_each(|value| value.put(to));
    }

    fn take(from: &mut Bytes<'_>) -> Result<Self, Damaged> {
        // Nothing is reserved: a length is only believed as far as there are bytes.
        (0..take_len(from)?).map(|_| T::take(from)).collect()
    }
}

impl<T: Code + Ord> Code for BTreeSet<T> {
    fn put(&self, to: &mut Vec<u8>) {
        put_len(self.len(), to);
        self.iter().for_each(|value| value.put(to));
    }

    fn take(from: &mut Bytes<'_>) -> Result<Self, Damaged> {
        let mut set = Self::new();
        for _ in 0..take_len(from)? {
            let value = T::take(from)?;
            if set.last().is_some_and(|last| *last >= value) {
                return Err(Damaged);
            }
            set.insert(value);
        }
        Ok(set)
    }
}

impl<K: Code + Ord, V: Code> Code for BTreeMap<K, V> {
    fn put(&self, to: &mut Vec<u8>) {
        put_len(self.len(), to);
        for (key, value) in self {
            key.put(to);
            value.put(to);
        }
    }

    fn take(from: &mut Bytes<'_>) -> Result<Self, Damaged> {
        let mut map = Self::new();
        for _ in 0..take_len(from)? {
            let (key, value) = (K::take(from)?, V::take(from)?);
            if map.last_key_value().is_some_and(|(last, _)| *last >= key) {
                return Err(Damaged);
            }
            map.insert(key, value);
        }
        Ok(map)
    }
}

/// The length of a list, which is of things that take at least a byte each.
pub(crate) fn put_len(len: usize, to: &mut Vec<u8>) {
    u32::try_from(len).expect("lists hold things with 32-bit ids").put(to);
}

/// See [`put_len`].
pub(crate) fn take_len(from: &mut Bytes<'_>) -> Result<usize, Damaged> {
    let len = usize::try_from(u32::take(from)?).map_err(|_| Damaged)?;
    if len <= from.0.len() { Ok(len) } else { Err(Damaged) }
}

/// A struct: its fields in the order given.
macro_rules! code_struct {
    ($name:ty { $($field:ident),* $(,)? }) => {
        impl $crate::code::Code for $name {
            fn put(&self, to: &mut alloc::vec::Vec<u8>) {
                $( $crate::code::Code::put(&self.$field, to); )*
            }

            fn take(from: &mut $crate::code::Bytes<'_>) -> Result<Self, $crate::code::Damaged> {
                $( let $field = $crate::code::Code::take(from)?; )*
                Ok(Self { $($field),* })
            }
        }
    };
}

/// A number with a name of its own.
macro_rules! code_newtype {
    ($($name:ident),* $(,)?) => {
        $(
            impl $crate::code::Code for $name {
                fn put(&self, to: &mut alloc::vec::Vec<u8>) {
                    $crate::code::Code::put(&self.0, to);
                }

                fn take(from: &mut $crate::code::Bytes<'_>) -> Result<Self, $crate::code::Damaged> {
                    $crate::code::Code::take(from).map(Self)
                }
            }
        )*
    };
}

/// Alternatives without content: the place in the list given, which therefore only grows at its end.
macro_rules! code_choice {
    ($name:ty, [$($choice:expr),* $(,)?]) => {
        impl $crate::code::Code for $name {
            fn put(&self, to: &mut alloc::vec::Vec<u8>) {
                let place = [$($choice),*].iter().position(|choice| choice == self);
                u8::try_from(place.expect("every alternative is listed")).expect("fewer than 256").put(to);
            }

            fn take(from: &mut $crate::code::Bytes<'_>) -> Result<Self, $crate::code::Damaged> {
                let place = u8::take(from)?;
                [$($choice),*].get(usize::from(place)).copied().ok_or($crate::code::Damaged)
            }
        }
    };
}

pub(crate) use {code_choice, code_newtype, code_struct};

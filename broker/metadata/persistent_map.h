#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <vector>

namespace barnabas {

/// An ordered map that never changes: `with` and `without` make a new map that shares all but O(log size) nodes with
/// the old one. Copying it copies a pointer. Safe to read from any thread; iteration is in the order of the keys.
///
/// A weight-balanced tree (Adams 1992, with the constants that Hirai and Yamamoto proved in 2011).
template <class Key, class Value>
class PersistentMap {
public:
    struct Entry {
        Key key;
        Value value;
    };

private:
    struct Node;
    using Link = std::shared_ptr<const Node>;
    struct Node {
        Entry entry;
        Link left;
        Link right;
        std::size_t size;
    };

public:
    class Iterator {
    public:
        using value_type = Entry;
        using difference_type = std::ptrdiff_t;
        using iterator_category = std::forward_iterator_tag;

        Iterator() = default;
        const Entry& operator*() const { return path_.back()->entry; }
        const Entry* operator->() const { return &path_.back()->entry; }
        Iterator& operator++() {
            const Node* right = path_.back()->right.get();
            path_.pop_back();
            descend(right);
            return *this;
        }
        Iterator operator++(int) {
            Iterator before = *this;
            ++*this;
            return before;
        }
        bool operator==(const Iterator& other) const {
            return path_.empty() == other.path_.empty() && (path_.empty() || path_.back() == other.path_.back());
        }

    private:
        friend PersistentMap;
        void descend(const Node* node) {
            for (; node; node = node->left.get()) {
                path_.push_back(node);
            }
        }
        std::vector<const Node*> path_;  ///< the entry it stands on is last; before it, those that come after it
    };

    [[nodiscard]] std::size_t size() const { return size_of(root_); }
    [[nodiscard]] bool empty() const { return !root_; }

    /// The value of `key`, or null. It lives as long as any map that shares it.
    template <class Like>
    [[nodiscard]] const Value* find(const Like& key) const {
        const Node* node = root_.get();
        while (node) {
            if (key < node->entry.key) {
                node = node->left.get();
            } else if (node->entry.key < key) {
                node = node->right.get();
            } else {
                return &node->entry.value;
            }
        }
        return nullptr;
    }
    template <class Like>
    [[nodiscard]] bool contains(const Like& key) const {
        return find(key) != nullptr;
    }

    /// This map, with `value` for `key` whether it was there or not.
    [[nodiscard]] PersistentMap with(Key key, Value value) const {
        return PersistentMap(insert(root_, {std::move(key), std::move(value)}));
    }
    /// This map without `key`; the same when it was not there.
    template <class Like>
    [[nodiscard]] PersistentMap without(const Like& key) const {
        return contains(key) ? PersistentMap(erase(root_, key)) : *this;
    }

    [[nodiscard]] Iterator begin() const {
        Iterator it;
        it.descend(root_.get());
        return it;
    }
    [[nodiscard]] Iterator end() const { return {}; }
    /// The first entry whose key is not less than `key`.
    template <class Like>
    [[nodiscard]] Iterator lower_bound(const Like& key) const {
        Iterator it;
        for (const Node* node = root_.get(); node;) {
            if (node->entry.key < key) {
                node = node->right.get();
            } else {
                it.path_.push_back(node);
                node = node->left.get();
            }
        }
        return it;
    }

    /// Whether both are one map, told without looking at the entries: false may be wrong, true never is.
    [[nodiscard]] bool same_as(const PersistentMap& other) const { return root_ == other.root_; }

private:
    static constexpr std::size_t delta = 3;
    static constexpr std::size_t gamma = 2;

    PersistentMap(Link root) : root_(std::move(root)) {}

    static std::size_t size_of(const Link& node) { return node ? node->size : 0; }
    static std::size_t weight(const Link& node) { return size_of(node) + 1; }
    static Link make(Entry entry, Link left, Link right) {
        const std::size_t size = size_of(left) + size_of(right) + 1;
        return std::make_shared<const Node>(std::move(entry), std::move(left), std::move(right), size);
    }
    static Link rotate_left(Entry entry, Link left, const Link& right) {
        return make(right->entry, make(std::move(entry), std::move(left), right->left), right->right);
    }
    static Link rotate_right(Entry entry, const Link& left, Link right) {
        return make(left->entry, left->left, make(std::move(entry), left->right, std::move(right)));
    }
    /// A node whose sides were balanced before one entry came or went.
    static Link balance(Entry entry, Link left, Link right) {
        if (weight(right) > delta * weight(left)) {
            if (weight(right->left) >= gamma * weight(right->right)) {
                right = rotate_right(right->entry, right->left, right->right);
            }
            return rotate_left(std::move(entry), std::move(left), right);
        }
        if (weight(left) > delta * weight(right)) {
            if (weight(left->right) >= gamma * weight(left->left)) {
                left = rotate_left(left->entry, left->left, left->right);
            }
            return rotate_right(std::move(entry), left, std::move(right));
        }
        return make(std::move(entry), std::move(left), std::move(right));
    }
    static Link insert(const Link& node, Entry entry) {
        if (!node) {
            return make(std::move(entry), nullptr, nullptr);
        }
        if (entry.key < node->entry.key) {
            return balance(node->entry, insert(node->left, std::move(entry)), node->right);
        }
        if (node->entry.key < entry.key) {
            return balance(node->entry, node->left, insert(node->right, std::move(entry)));
        }
        return make(std::move(entry), node->left, node->right);
    }
    template <class Like>
    static Link erase(const Link& node, const Like& key) {
        if (key < node->entry.key) {
            return balance(node->entry, erase(node->left, key), node->right);
        }
        if (node->entry.key < key) {
            return balance(node->entry, node->left, erase(node->right, key));
        }
        if (!node->left || !node->right) {
            return node->left ? node->left : node->right;
        }
        const Node* next = node->right.get();
        while (next->left) {
            next = next->left.get();
        }
        return balance(next->entry, node->left, erase_first(node->right));
    }
    static Link erase_first(const Link& node) {
        return node->left ? balance(node->entry, erase_first(node->left), node->right) : node->right;
    }

    Link root_;

public:
    PersistentMap() = default;
};

}  // namespace barnabas

#include "common/peer_limit.h"

#include <utility>

namespace barnabas {

PeerLimit::Account& PeerLimit::account_of(std::string_view peer, Instant now) {
    if (const auto found = accounts_.find(peer); found != accounts_.end()) {
        return found->second;
    }
    if (accounts_.size() >= most_peers) {
        std::erase_if(accounts_, [&](const auto& each) { return now - each.second.began >= window; });
    }
    const std::string_view name = accounts_.size() < most_peers ? peer : std::string_view();
    return accounts_.try_emplace(std::string(name), Account{.began = now}).first->second;
}

PeerLimit::Verdict PeerLimit::admit(std::string_view peer, Instant now) {
    Account& account = account_of(peer, now);
    if (now - account.began >= window) {
        account = {.began = now, .held_back_before = account.held_back};
    }
    if (account.told >= most_) {
        ++account.held_back;
        return {.tell = false};
    }
    const bool last = ++account.told == most_;
    return {.tell = true, .last = last, .held_back_before = last ? account.held_back_before : 0};
}

}  // namespace barnabas

#pragma once

#include "controller/draft.h"
#include "controller/situation.h"
#include "protocol/alter_user_scram_credentials.h"

namespace barnabas {

/// Makes and removes SCRAM credentials (KIP-554). What is wrong with one of them is told of its user; the others are
/// done, all in one batch.
[[nodiscard]] Decision<AlterUserScramCredentialsResponse> alter_scram_credentials(
    const Situation& situation, const AlterUserScramCredentialsRequest& request
);

}  // namespace barnabas

#pragma once

/// Everything but signaling, whose headers need nlohmann_json (parley/signaling_channel.hpp, parley/json.hpp,
/// parley/perfect_negotiator.hpp), and the components `signaling` and `av`.

#include "parley/certificate.hpp"            // IWYU pragma: export
#include "parley/codecs.hpp"                 // IWYU pragma: export
#include "parley/configuration.hpp"          // IWYU pragma: export
#include "parley/congestion_controller.hpp"  // IWYU pragma: export
#include "parley/data_channel.hpp"           // IWYU pragma: export
#include "parley/dtls_transport.hpp"         // IWYU pragma: export
#include "parley/dtmf_sender.hpp"            // IWYU pragma: export
#include "parley/encoded_frame.hpp"          // IWYU pragma: export
#include "parley/encoded_transform.hpp"      // IWYU pragma: export
#include "parley/errors.hpp"                 // IWYU pragma: export
#include "parley/event_loop.hpp"             // IWYU pragma: export
#include "parley/events.hpp"                 // IWYU pragma: export
#include "parley/ice_candidate.hpp"          // IWYU pragma: export
#include "parley/ice_transport.hpp"          // IWYU pragma: export
#include "parley/layer_selector.hpp"         // IWYU pragma: export
#include "parley/log.hpp"                    // IWYU pragma: export
#include "parley/media_stream.hpp"           // IWYU pragma: export
#include "parley/peer_connection.hpp"        // IWYU pragma: export
#include "parley/priority.hpp"               // IWYU pragma: export
#include "parley/promise.hpp"                // IWYU pragma: export
#include "parley/rtp_parameters.hpp"         // IWYU pragma: export
#include "parley/rtp_transceiver.hpp"        // IWYU pragma: export
#include "parley/sctp_transport.hpp"         // IWYU pragma: export
#include "parley/session_description.hpp"    // IWYU pragma: export
#include "parley/sframe.hpp"                 // IWYU pragma: export
#include "parley/stats.hpp"                  // IWYU pragma: export
#include "parley/stats_report.hpp"           // IWYU pragma: export

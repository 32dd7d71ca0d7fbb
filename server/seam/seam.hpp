#pragma once

/// The whole seam; README.md states its rules.

#include "server/seam/atomic.hpp"
#include "server/seam/clock.hpp"
#include "server/seam/condition.hpp"
#include "server/seam/mutex.hpp"
#include "server/seam/require.hpp"
#include "server/seam/scheduler.hpp"
#include "server/seam/scope_exit.hpp"
#include "server/seam/thread.hpp"
#include "server/seam/window.hpp"

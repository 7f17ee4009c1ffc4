#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace barnabas {

using Executor = boost::asio::io_context::executor_type;

/// A coroutine on an event loop. It starts when awaited, on the awaiting coroutine's loop, and always resumes there.
/// Coroutines take values, not views that may die before they end; a capturing lambda is never a coroutine.
template <class T = void>
using Task = boost::asio::awaitable<T, Executor>;

/// The completion token that makes an Asio operation awaitable in a Task.
inline constexpr boost::asio::use_awaitable_t<Executor> use_task;

/// The same, with the error code among the results instead of an exception.
inline constexpr auto use_task_result = boost::asio::as_tuple(use_task);

}  // namespace barnabas

#include "workloads/kernels/coroutines.h"

#include <unistd.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <system_error>
#include <vector>

#include "base/refusal.h"

namespace reclaim::kernels {

namespace {

using asio::awaitable;
using asio::use_awaitable;
using asio::ip::tcp;

tcp::endpoint loopback(std::uint16_t port) { return {asio::ip::address_v4::loopback(), port}; }

void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

class Server {
 public:
  explicit Server(const Service& service)
      : service_(service),
        acceptor_(context_, loopback(0)),
        gate_(context_, asio::steady_timer::time_point::max()),
        starter_in_(context_, ::dup(STDIN_FILENO)),
        starter_out_(context_, ::dup(STDOUT_FILENO)) {}

  void run() {
    tell(acceptor_.local_endpoint().port());
    asio::co_spawn(context_, accept(), rethrow);
    asio::co_spawn(context_, obey(), rethrow);
    context_.run();
  }

 private:
  awaitable<void> accept() {
    for (;;) {
      // A client that has gone is no matter of the server's.
      asio::co_spawn(context_, answer(co_await acceptor_.async_accept(use_awaitable)),
                     asio::detached);
    }
  }

  awaitable<void> answer(tcp::socket client) {
    client.set_option(tcp::no_delay(true));
    std::vector<std::byte> record(service_.bytes);
    asio::steady_timer delay(context_);
    for (;;) {
      co_await asio::async_read(client, asio::buffer(record), use_awaitable);
      if (service_.gather != 0) {
        if (++gathered_ == service_.gather) tell(gathered_);
        std::error_code opened;
        co_await gate_.async_wait(asio::redirect_error(use_awaitable, opened));
      } else if (service_.delay_us != 0) {
        delay.expires_after(std::chrono::microseconds(service_.delay_us));
        co_await delay.async_wait(use_awaitable);
      }
      co_await asio::async_write(client, asio::buffer(record), use_awaitable);
    }
  }

  awaitable<void> obey() {
    for (;;) {
      char open = 0;
      std::error_code ended;
      co_await asio::async_read(starter_in_, asio::buffer(&open, 1),
                                asio::redirect_error(use_awaitable, ended));
      if (ended) break;
      gathered_ = 0;
      gate_.cancel();
    }
    context_.stop();
  }

  void tell(std::uint64_t number) {
    asio::write(starter_out_, asio::buffer(&number, sizeof number));
  }

  const Service service_;
  asio::io_context context_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer gate_;  // never expires: opened by being cancelled
  asio::posix::stream_descriptor starter_in_, starter_out_;
  std::size_t gathered_ = 0;
};

awaitable<void> exchange(asio::io_context& context, std::uint16_t port, Exchange records,
                         std::size_t bytes) {
  tcp::socket socket(context);
  co_await socket.async_connect(loopback(port), use_awaitable);
  socket.set_option(tcp::no_delay(true));
  socket.set_option(asio::socket_base::linger(true, 0));  // see README.md
  co_await asio::async_write(socket, asio::buffer(records.from, bytes), use_awaitable);
  co_await asio::async_read(socket, asio::buffer(records.to, bytes), use_awaitable);
}

}  // namespace

void serve(const Service& service) { Server(service).run(); }

void exchange_by_coroutines(std::uint16_t port, std::span<const Exchange> exchanges,
                            std::size_t bytes, int watched, const std::function<void()>& then) {
  try {
    asio::io_context context{1};
    asio::posix::stream_descriptor descriptor(context);
    if (watched >= 0) {
      descriptor.assign(::dup(watched));
      descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                            [&](std::error_code) { then(); });
    }
    for (const Exchange& records : exchanges) {
      asio::co_spawn(context, exchange(context, port, records, bytes), rethrow);
    }
    context.run();
  } catch (const std::system_error& error) {
    refused("a request by a coroutine", error.code().value());
  }
}

}  // namespace reclaim::kernels

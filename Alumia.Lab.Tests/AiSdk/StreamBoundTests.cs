using System.Text.Json;
using Alumia.Lab.AiSdk;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using static Alumia.Lab.Tests.AiSdk.ChatClient;

namespace Alumia.Lab.Tests.AiSdk;

/// <summary>What bounds a stream: time, readers that do not read, and a sign of life where nothing happens.</summary>
public sealed class StreamBoundTests(StreamBoundTests.ImpatientLab shared) : IClassFixture<StreamBoundTests.ImpatientLab>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_that_reads_nothing_is_dropped_and_its_turn_goes_on()
    {
        var bench = await Bench.OfAsync(shared.Lab);
        var door = bench.Lab.Services.GetRequiredService<ChatDoor>();
        var turn = await door.SendAsync(bench.Scope, new ChatRequest([new("m1", "user", null, "[[long 60]] [[pace 20]]")], null, null, null, null, null, null), Ended);
        using var stuck = new StuckStream();
        var context = new DefaultHttpContext { RequestServices = bench.Lab.Services };
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(stuck));
        context.Features.Set<IHttpRequestLifetimeFeature>(stuck);

        await bench.Lab.Services.GetRequiredService<PartStream>().SendAsync(context, turn).WaitAsync(TimeSpan.FromSeconds(20), Ended);

        Assert.True(stuck.RequestAborted.IsCancellationRequested);
        await bench.UntilAsync(turn.Session.Id, SessionStatus.Idle);
        Assert.NotEqual("", await bench.TextAsync(turn.Session.Id));
    }

    [Fact]
    public async Task A_stream_that_was_open_for_too_long_ends_with_a_word_and_its_turn_goes_on()
    {
        var bench = await Bench.OfAsync(shared.Lab);
        using var client = await OfAsync(bench.Lab, bench.Scope);
        var (session, parts) = await client.AskAsync(new { messages = new[] { User("[[long 200]] [[pace 20]]") } });
        Assert.Equal("error", parts[^1].Type);
        Assert.Equal("SERVICE_UNAVAILABLE", JsonSerializer.Deserialize<JsonElement>(parts[^1]["errorText"]!).GetProperty("error").GetProperty("code").GetString());
        // The rest is there for who comes back.
        using var again = await client.FollowAsync(session, parts[^2].Place);
        var rest = await ReadAsync(again).ToListAsync(Ended);
        Assert.NotEmpty(rest);
        await client.DoAsync(session, "stop");
        Assert.StartsWith(TextOf(parts.Concat(rest)), await bench.TextAsync(session), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_happens_the_line_shows_that_it_is_alive()
    {
        var bench = await Bench.OfAsync(shared.Lab);
        using var client = await OfAsync(bench.Lab, bench.Scope);
        using var answer = await client.PostAsync(new { messages = new[] { User("[[status 429 1 x1]] [[say Back]] Hi") } });
        Assert.Contains("\n\n:\n\n", await answer.Content.ReadAsStringAsync(Ended), StringComparison.Ordinal);
    }

    public sealed class ImpatientLab : SharedLab
    {
        protected override LabHostOptions Options { get; } = new()
        {
            Settings = new Dictionary<string, string?> { ["Chat:SlowReaderSeconds"] = "5", ["Chat:QuietSeconds"] = "0.2", ["Chat:StreamMinutes"] = "0.04" },
        };
    }

    /// <summary>The line of a client that reads nothing, until it is cut.</summary>
    private sealed class StuckStream : Stream, IHttpRequestLifetimeFeature
    {
        private readonly CancellationTokenSource _aborted = new();

        public StuckStream() => RequestAborted = _aborted.Token;

        public CancellationToken RequestAborted { get; set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void Abort() => _aborted.Cancel();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => await new TaskCompletionSource().Task.WaitAsync(RequestAborted);

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            _aborted.Dispose();
            base.Dispose(disposing);
        }
    }
}

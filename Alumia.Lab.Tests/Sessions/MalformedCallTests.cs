using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alumia.Lab.Models;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tools;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>Malformed calls of every kind, at random: none runs a tool or breaks a turn, and the history stays what a strict provider takes.</summary>
public sealed class MalformedCallTests
{
    private const int Calls = 200;
    private const string Good = """{"seconds":0,"note":"x"}""";

    private static readonly Gen<(string Tool, string Arguments)> _malformed = Gen.OneOf(
        // Cut short, as an answer that ran out of tokens leaves it.
        Gen.Int[1, Good.Length - 1].Select(length => ("careful", Good[..length])),
        // No JSON at all, with whatever characters.
        Gen.String[1, 40].Where(text => !IsObject(text)).Select(text => ("careful", text)),
        // JSON that is no object.
        AnyOf("[]", "null", "1e999", "\"seconds\"", "[{\"seconds\":1}]", "true").Select(text => ("careful", text)),
        // A missing or an extra field; a wrong type; values out of bounds; depth without end; a key twice.
        AnyOf("{}", """{"note":"x"}""", """{"seconds":null}""").Select(text => ("careful", text)),
        Gen.String[Gen.Char['a', 'z'], 1, 12].Where(name => name is not ("seconds" or "note")).Select(name => ("careful", $$"""{"seconds":0,"{{name}}":1}""")),
        AnyOf("\"1\"", "[0]", "{}", "true", "-1", "1e400", "123456789012345678901234567890").Select(value => ("careful", $$"""{"seconds":{{value}}}""")),
        Gen.Int[1, 200].Select(depth => ("careful", $$"""{"seconds":{{new string('[', depth)}}{{new string(']', depth)}}}""")),
        Gen.Const(("careful", """{"seconds":"a","seconds":"b"}""")),
        // A tool that there is not.
        Gen.String[Gen.Char['a', 'z'], 1, 12].Where(name => name is not "careful").Select(name => ("no_" + name, Good)));

    [Fact]
    public async Task Two_hundred_malformed_calls_run_no_tool_break_no_turn_and_leave_a_history_that_a_strict_provider_takes()
    {
        var (runs, provider) = (0, new StrictProvider());
        await using var bench = await Bench.StartAsync(StorageProvider.Sqlite, new() { ["Limits:ChatPerMinute"] = "100000" }, services =>
        {
            services.AddSingleton<ITool>(new CarefulTool(() => Interlocked.Increment(ref runs)));
            services.Replace(ServiceDescriptor.Singleton(_ => new ChatClients(new HttpClient(provider), TimeProvider.System)));
        });
        var made = new List<(string Tool, string Arguments)>();
        _malformed.Array[Calls].Sample(calls => made = [.. calls], iter: 1, threads: 1);
        // Three in a row end a turn, so each turn meets two and goes on to a call that is well.
        var session = await bench.NewSessionAsync();
        for (var i = 0; i < made.Count; i += 2)
        {
            if (i % 20 == 0)
                session = await bench.NewSessionAsync(); // Long enough for a history, short enough for a test.
            provider.Next([.. made.Skip(i).Take(2), ("careful", Good)]);
            await bench.SendAsync(session, $"Message {i}");
            await bench.UntilAsync(session, SessionStatus.Idle);

            var events = await bench.EventsAsync(session);
            var turn = events.Where(each => each.TurnId == events[^1].TurnId).Select(each => each.Data).ToList();
            Assert.True(turn.OfType<ToolRejected>().Count() == 2, $"Not rejected: {string.Join(" | ", made.Skip(i).Take(2))}");
            Assert.Equal("careful", Assert.Single(turn.OfType<ToolStarted>()).Tool);
            Assert.All(turn.OfType<ToolRejected>(), rejected => Assert.NotEmpty(rejected.Message));
            // What is shown of each marks a place in it.
            Assert.All(turn.OfType<ToolRejected>(), rejected => Assert.NotNull(Lab.Chat.MarkedJson.Of(rejected.Received, rejected.Path)));
            Bench.Orderly(events);
        }
        Assert.Equal(Calls / 2, runs);
        Assert.True(provider.Requests > Calls, $"only {provider.Requests} requests came");
        Assert.Empty(provider.Complaints);
        Figures.Print($"{Calls} malformed calls in {Calls / 2} turns: {runs} well-formed ones ran, {provider.Requests} requests, {provider.Complaints.Count} complaints of a strict provider");
    }

    [Theory]
    [InlineData("""{"seconds":0,"extra":[1,2]}""", "/extra", "\"extra\": [\n    1,\n    2\n  ]")]
    [InlineData("""{"a":[{"b":1},{"b":2}]}""", "/a/1/b", "\"b\": 2")]
    [InlineData("""{"a/b":{"~":1}}""", "/a~1b/~0", "\"~\": 1")]
    [InlineData("""{"seconds":1""", "", "")]
    [InlineData("""{"seconds":x}""", "", "x}")]
    [InlineData("""{"a":1}""", "/b", "{\n  \"a\": 1\n}")]
    public void The_failing_place_is_marked(string received, string path, string marked) => Assert.Equal(marked, Lab.Chat.MarkedJson.Of(received, path).Marked.ReplaceLineEndings("\n"));

    private static Gen<string> AnyOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);

    private static bool IsObject(string text)
    {
        try
        {
            return string.IsNullOrWhiteSpace(text) || JsonElement.Parse(text).ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Takes a number of seconds, not below zero, and perhaps a note; nothing else.</summary>
    private sealed class CarefulTool(Action runs) : ITool
    {
        public string Name => "careful";

        public string Description => "A tool of the tests.";

        public JsonElement Schema { get; } = Arguments.Schema(
            """{"type":"object","properties":{"seconds":{"type":"number","minimum":0,"maximum":10},"note":{"type":"string"}},"required":["seconds"],"additionalProperties":false}""");

        public ToolRisk Risk => ToolRisk.Reads;

        public TimeSpan TimeLimit => TimeSpan.FromSeconds(5);

        public IAsyncEnumerable<ToolOutput> RunAsync(ToolCall call, CancellationToken cancellation)
        {
            runs();
            return new ToolOutput[] { new ToolOutput.Result("done") }.ToAsyncEnumerable();
        }
    }

    /// <summary>Answers with the calls that it was given, one a request, then with a word; and complains of every request that a strict provider refuses.</summary>
    private sealed class StrictProvider : HttpMessageHandler
    {
        private readonly Queue<(string Tool, string Arguments)> _calls = new();
        private int _ids;

        public List<string> Complaints { get; } = [];

        public int Requests { get; private set; }

        public void Next(IEnumerable<(string Tool, string Arguments)> calls)
        {
            _calls.Clear();
            foreach (var call in calls)
                _calls.Enqueue(call);
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!;
            Requests++;
            Check(body["messages"]!.AsArray());
            var delta = _calls.TryDequeue(out var call)
                ? new JsonObject { ["tool_calls"] = new JsonArray(new JsonObject { ["index"] = 0, ["id"] = $"call_{++_ids}", ["type"] = "function", ["function"] = new JsonObject { ["name"] = call.Tool, ["arguments"] = call.Arguments } }) }
                : new JsonObject { ["content"] = "Done." };
            var finish = delta.ContainsKey("content") ? "stop" : "tool_calls";
            var chunks = new[] { Chunk(delta, null), Chunk([], finish) };
            return new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StringContent(string.Concat(chunks.Select(chunk => $"data: {chunk.ToJsonString()}\n\n")) + "data: [DONE]\n\n", Encoding.UTF8, "text/event-stream"),
            };
        }

        private static JsonObject Chunk(JsonObject delta, string? finish) => new()
        {
            ["id"] = "c",
            ["object"] = "chat.completion.chunk",
            ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finish }),
        };

        /// <summary>Every call has arguments that are a JSON object and an id of its own, and is answered once, right after its message and in order.</summary>
        private void Check(JsonArray messages)
        {
            var open = new Queue<string>();
            var ids = new HashSet<string>();
            foreach (var message in messages)
            {
                var role = (string)message!["role"]!;
                if (role == "tool")
                {
                    if (open.Count == 0 || open.Dequeue() != (string)message["tool_call_id"]!)
                        Complaints.Add("an answer without its call, or out of order");
                    continue;
                }
                if (open.Count > 0)
                    Complaints.Add($"{open.Count} calls without an answer before {role}");
                open.Clear();
                foreach (var call in message["tool_calls"]?.AsArray() ?? [])
                {
                    var id = (string)call!["id"]!;
                    if (!ids.Add(id))
                        Complaints.Add($"the id {id} twice");
                    if (!IsObject((string)call["function"]!["arguments"]!) || string.IsNullOrWhiteSpace((string)call["function"]!["arguments"]!))
                        Complaints.Add("arguments that are no object");
                    open.Enqueue(id);
                }
            }
            if (open.Count > 0)
                Complaints.Add("calls without an answer at the end");
        }
    }
}

using System.Net;
using System.Net.Http.Json;

namespace Alumia.Lab.Tests.Mission;

/// <summary>Calls of the chat endpoint, as a program makes them.</summary>
internal static class Chats
{
    public static async Task<(HttpStatusCode Status, string Body)> SayAsync(this HttpClient program, string text, string? model = null)
    {
        using var answer = await program.PostAsync(text, Guid.NewGuid().ToString("N"), null, model);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public static Task<HttpResponseMessage> PostAsync(this HttpClient program, string text, string messageId, string? chat, string? model = null) =>
        program.PostAsJsonAsync("/api/v1/chat", new { id = chat, model, messages = new[] { new { id = messageId, role = "user", parts = new[] { new { type = "text", text } } } } }, TestContext.Current.CancellationToken);
}

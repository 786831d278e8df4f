namespace Alumia.Lab.Operations;

/// <summary>
/// The lab's own log, on its output: a line of JSON an entry outside Development, with the ids of org, session and turn, and of the trace; <c>Logs:Format</c> says otherwise.
/// </summary>
internal static class Logs
{
    private const string Json = "Json";
    private const string Text = "Text";

    /// <exception cref="StartupFault">There is no such format.</exception>
    public static void Add(WebApplicationBuilder builder)
    {
        if (IsJson(builder.Configuration, builder.Environment))
        {
            builder.Logging.AddJsonConsole(options =>
            {
                options.IncludeScopes = true;
                options.UseUtcTimestamp = true;
                options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            });
        }
        // Its scope has the path of the request in every entry, and the token of a shared canvas stands in there. What it tells is in the spans.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
    }

    internal static bool IsJson(IConfiguration configuration, IHostEnvironment environment) => configuration["Logs:Format"] switch
    {
        null or "" => !environment.IsDevelopment(),
        var format when format.Equals(Json, StringComparison.OrdinalIgnoreCase) => true,
        var format when format.Equals(Text, StringComparison.OrdinalIgnoreCase) => false,
        var format => throw new StartupFault($"Logs:Format is {format}: set it to {Json} or {Text}."),
    };
}

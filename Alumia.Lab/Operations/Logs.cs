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
        builder.Services.PostConfigure<LoggerFilterOptions>(WithholdPaths);
    }

    /// <summary>
    /// ASP.NET Core has the path of the request in a scope of every entry, and the token of a shared canvas stands in there. What it tells is in the spans. One provider
    /// that would take it is enough for all to get it, and what the configuration says of a provider goes before what is said of all: so it is said of each.
    /// </summary>
    private static void WithholdPaths(LoggerFilterOptions options)
    {
        foreach (var provider in options.Rules.Select(rule => rule.ProviderName).Append(null).Distinct().ToList())
            options.Rules.Add(new LoggerFilterRule(provider, "Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None, null));
    }

    internal static bool IsJson(IConfiguration configuration, IHostEnvironment environment) => configuration["Logs:Format"] switch
    {
        null or "" => !environment.IsDevelopment(),
        var format when format.Equals(Json, StringComparison.OrdinalIgnoreCase) => true,
        var format when format.Equals(Text, StringComparison.OrdinalIgnoreCase) => false,
        var format => throw new StartupFault($"Logs:Format is {format}: set it to {Json} or {Text}."),
    };
}

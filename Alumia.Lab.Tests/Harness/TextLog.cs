using System.Text;
using Microsoft.Extensions.Logging;

namespace Alumia.Lab.Tests.Harness;

/// <summary>Keeps all that is logged; lock the text to read it.</summary>
public sealed class TextLog(StringBuilder text) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (text)
            text.AppendLine(formatter(state, exception)).Append(exception);
    }

    public void Dispose()
    {
    }
}

using System.Text;
using Microsoft.Extensions.Logging;

namespace Alumia.Lab.Tests.Harness;

/// <summary>Keeps all that is logged, with the scopes it is logged in; lock the text to read it.</summary>
public sealed class TextLog(StringBuilder text) : ILoggerProvider, ILogger, ISupportExternalScope
{
    private IExternalScopeProvider? _scopes;

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => _scopes?.Push(state);

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (text)
        {
            text.AppendLine(formatter(state, exception)).Append(exception);
            _scopes?.ForEachScope(static (scope, into) => into.AppendLine(scope?.ToString()), text);
        }
    }

    public void Dispose()
    {
    }
}
